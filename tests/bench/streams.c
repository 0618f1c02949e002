/* Background models and frame differences on a made-up stream: the picture with a little noise and
 * a moving box; in a busy one, each pixel also changes between four levels. Models have
 * learnt a while before they are measured; none smooths its mask, as OpenCV's do not. */
#include "operations.h"
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 12
#define LEARNT 36 /* frames before the first that is measured */

typedef struct stream {
    seg_image frames[FRAMES];
    seg_context *context;
    seg_result result;
    int t, peers_t;
} stream;

/* Each operation is measured in a process of its own. */
static stream the;

static uint32_t hash(uint32_t a) {
    a = (a ^ a >> 16) * 0x7feb352du;
    a = (a ^ a >> 15) * 0x846ca68bu;
    return a ^ a >> 16;
}

static void paint(seg_image *frame, const seg_image *picture, int t, bool busy) {
    static const int levels[4] = {0, 40, -40, 80};
    const int channels = picture->channels, left = 40 + 90 * t, top = picture->height / 3;
    for (int32_t y = 0; y < picture->height; y++) {
        const uint8_t *from = seg_image_row(picture, y);
        uint8_t *to = seg_image_row(frame, y);
        for (int32_t x = 0; x < picture->width; x++) {
            const uint32_t noise = hash((uint32_t)((t * picture->height + y) * picture->width + x));
            int add = 0;
            if (busy) add = levels[noise >> 24 & 3];
            if (x >= left && x < left + 200 && y >= top && y < top + 200) add = 90;
            for (int c = 0; c < channels; c++) {
                const uint32_t own = noise >> 8 * c;
                const int value = from[x * channels + c] + add + (int)(own % 3 + own / 4 % 3) - 2;
                to[x * channels + c] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
            }
        }
    }
}

static void make_frames(const seg_image *picture, bool busy) {
    if (!seg_image_empty(&the.frames[0])) return;
    for (int t = 0; t < FRAMES; t++) {
        bench_need(seg_image_alloc(&the.frames[t], picture->width, picture->height, SEG_U8,
                                   picture->channels, NULL));
        paint(&the.frames[t], picture, t, busy);
    }
}

static void apply(void) {
    const seg_frame frame = {.index = the.t, .image = the.frames[the.t % FRAMES]};
    bench_need(seg_context_apply(the.context, &frame, SEG_OUTPUT_MASK, &the.result));
    the.t++;
}

/* A frame of method `id`; options as "name", "value" pairs, NULL at the end. */
static void ours(bench_state *s, const char *id, bool busy, bool colour, const char *const *pairs) {
    if (!the.context) {
        char options[1024];
        const seg_method *method = seg_method_find(id);
        seg_params_init(options, method->params);
        for (; *pairs; pairs += 2)
            bench_need(seg_params_parse(options, method->params, pairs[0], pairs[1], NULL));
        bench_need(seg_context_create(&the.context, method, options, s->env));
        seg_result_init(&the.result, s->env);
        make_frames(colour ? &s->picture->rgb : &s->picture->grey, busy);
        while (the.t < LEARNT)
            apply();
    }
    apply();
}

static void peers(bench_state *s, peer_model model, bool busy, bool colour) {
    make_frames(colour ? &s->picture->rgb : &s->picture->grey, busy);
    while (the.peers_t < LEARNT)
        peer_background(&the.frames[the.peers_t++ % FRAMES], model);
    peer_background(&the.frames[the.peers_t++ % FRAMES], model);
}

#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define RAW "smooth", "1"

void bench_mog2_quiet(bench_state *s) {
    ours(s, "mog2", false, true, PAIRS(RAW));
}
void bench_mog2_busy(bench_state *s) {
    ours(s, "mog2", true, true, PAIRS(RAW));
}
void bench_mog2_luma(bench_state *s) {
    ours(s, "mog2", false, false, PAIRS(RAW));
}
void bench_knn_quiet(bench_state *s) {
    ours(s, "knn", false, true, PAIRS(RAW));
}
void bench_knn_busy(bench_state *s) {
    ours(s, "knn", true, true, PAIRS(RAW));
}
void bench_frame_diff(bench_state *s) {
    ours(s, "frame-diff", false, false, PAIRS("threshold", "25"));
}
void bench_average(bench_state *s) {
    ours(s, "background", false, false, PAIRS("threshold", "25", "selective", "no"));
}

void peers_mog2_quiet(bench_state *s) {
    peers(s, PEER_MOG2, false, true);
}
void peers_mog2_busy(bench_state *s) {
    peers(s, PEER_MOG2, true, true);
}
void peers_mog2_luma(bench_state *s) {
    peers(s, PEER_MOG2, false, false);
}
void peers_knn_quiet(bench_state *s) {
    peers(s, PEER_KNN, false, true);
}
void peers_knn_busy(bench_state *s) {
    peers(s, PEER_KNN, true, true);
}
void peers_frame_diff(bench_state *s) {
    peers(s, PEER_FRAME_DIFFERENCE, false, false);
}
void peers_average(bench_state *s) {
    peers(s, PEER_RUNNING_AVERAGE, false, false);
}
