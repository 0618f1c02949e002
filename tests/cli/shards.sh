# A month of video: --shard, --resize in percent, --train.
. "$(dirname "$0")/common.sh"

# ---- parts of the inputs, one behind the other, are the whole ----
mkdir in
for i in 1 2 3 4 5; do picture in/$i.pgm $((100 + 20 * i)); done
works --method otsu in/ all/ --objects all.jsonl --events events.jsonl --report all.report
for parts in 1 2 3 8; do
    rm -rf merged merged.*
    mkdir merged
    for part in $(seq $parts); do
        works --method otsu --shard "$part/$parts" in/ merged/ --objects merged.$part \
            --events merged.e$part --report merged.r$part
        cat merged.$part >>merged.jsonl
        cat merged.e$part >>merged.events
        cat merged.r$part >>merged.report
    done
    same merged.jsonl all.jsonl
    same merged.events events.jsonl
    is "files of $parts parts" "$(ls merged)" "$(ls all)"
    for name in all/*; do same "$name" "merged/${name#all/}"; done
    sed 's/"time":{[^}]*}//; s/merged/all/' merged.report >a
    sed 's/"time":{[^}]*}//' all.report >b
    same a b
done
works --method otsu --shard 2/2 'in/1.pgm' in/2.pgm '{stem}-{index}.png'
there 2-1.png
absent 1-0.png 2-0.png
for wrong in 0/2 3/2 2 a/b 1/0 1/2/3; do
    fails 2 '--shard has no valid value' --shard $wrong in/ x/
done

# ---- shares of the size ----
video scene.mkv 40 120 80
works --method threshold --level 128 --resize 50% scene.mkv half.mkv --report half.report
has half.report '"width":60,"height":40'
works --method threshold --level 128 --resize 60x40 scene.mkv same.mkv
same half.mkv same.mkv
fails 2 '--resize has no valid value .got "0%", allowed WIDTHxHEIGHT' --resize 0% scene.mkv x.mkv
fails 2 '--resize has no valid value' --resize 50 scene.mkv x.mkv

# ---- a model from a clip ----
works --method background scene.mkv null: --save-model learnt.model
works --method background --load-model learnt.model scene.mkv loaded.mkv
works --method background --train scene.mkv scene.mkv trained.mkv --report trained.report
same loaded.mkv trained.mkv
has trained.report '"train":"scene.mkv"'
works --config trained.report scene.mkv again.mkv
same trained.mkv again.mkv
works --method background --train scene.mkv --limit 5 scene.mkv five.mkv # the clip is read whole
works --method background --load-model learnt.model --limit 5 scene.mkv five2.mkv
same five.mkv five2.mkv
fails 2 '--train: method otsu keeps no model' --method otsu --train scene.mkv scene.mkv x.mkv
fails 2 'give one of them' --method background --train scene.mkv --load-model learnt.model \
    scene.mkv x.mkv
fails 1 'nothing.mkv: ' --method background --train nothing.mkv scene.mkv x.mkv
fails 1 'frames before were 64 x 48; those are of the model .--train in/1.pgm.*--resize' --method background --train in/1.pgm scene.mkv x.mkv
fails 1 'the frames before were .*; those are of the model .--load-model learnt.model.*--resize' \
    --method background --load-model learnt.model --resize 50% scene.mkv x.mkv
works --method background --train scene.mkv --save-model saved.model
same saved.model learnt.model
works --train scene.mkv --save-model default.model null:
works --load-model default.model scene.mkv null:
fails 2 'saved.model: exists already' --method background --train scene.mkv --save-model saved.model
fails 2 'otsu keeps no model' --method otsu --train scene.mkv --save-model x.model
fails 2 'INPUT and OUTPUT are missing' --method background --train scene.mkv
fails 1 'nothing.mkv: ' --method background --train nothing.mkv --save-model x.model
absent x.mkv x x.model

# ---- a camera at rest stays as it is; who has no memory of frames is not shaken ----
works --method background --stabilize affine scene.mkv steady.mkv --report steady.report \
    --save-model steady.model
has steady.report '"stabilize":"affine"' '"shift-x":' '"shift-y":'
works --method background --stabilize affine --load-model steady.model scene.mkv null: --report -
fails 2 '--stabilize: otsu has no memory of frames' --method otsu --stabilize affine scene.mkv x.mkv
fails 2 '--stabilize has no valid value' --method background --stabilize much scene.mkv x.mkv
finish
