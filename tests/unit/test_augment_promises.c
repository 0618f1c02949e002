/* Augmentations that undo each other, draws that change nothing, and pipelines that are shared by
 * threads, by processes that were forked, and by one loop that runs for days. */
#include "core/memory.h"
#include "unit/augment_samples.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define WIDTH 61
#define HEIGHT 47
#define WORKERS 4
#define COPIES 6

static void apply(const char *text, seg_sample *target, const seg_sample *source) {
    seg_augment_work *work;
    seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
    ck_assert_ok(seg_augment_work_create(&work, NULL));
    const seg_status status = seg_augment_apply(pipeline, work, target, source, 0, NULL);
    ck_assert_msg(status == SEG_OK, "%s: %s", text, seg_error_detail());
    seg_augment_work_free(work);
    seg_augment_pipeline_free(pipeline);
}

/* ---- pairs that undo each other ---- */

static const char *const pairs[] = {
    "hflip, hflip",
    "vflip, vflip",
    "transpose, transpose",
    "rotate90(turns=quarter), rotate90(turns=three-quarters)",
    "rotate90(turns=half), rotate90(turns=half)",
    "hflip, vflip, rotate90(turns=half)",
    "transpose, rotate90(turns=quarter), hflip, transpose, transpose",
    "invert, invert",
    "rotate90(turns=quarter), invert, rotate90(turns=three-quarters), invert",
};

/* All but boxes and corners, which come back up to their last bits. */
static void assert_restored(const char *text, const seg_sample *source, seg_sample *target) {
    ck_assert_int_eq(target->object_count, source->object_count);
    ck_assert_int_eq(target->corner_count, source->corner_count);
    for (int32_t i = 0; i < 2 * source->corner_count; i++) {
        ck_assert_double_eq_tol(target->corners[i], source->corners[i], 1e-12 * WIDTH);
        target->corners[i] = source->corners[i];
    }
    for (int32_t i = 0; i < source->point_count; i++) {
        ck_assert_double_eq_tol(target->points[i].x, source->points[i].x, 1e-12 * WIDTH);
        ck_assert_double_eq_tol(target->points[i].y, source->points[i].y, 1e-12 * WIDTH);
        target->points[i] = source->points[i];
    }
    for (int32_t i = 0; i < source->object_count; i++) {
        const seg_rotated_box *a = &source->objects[i].rotated;
        seg_rotated_box *b = &target->objects[i].rotated;
        const double turn = fmod(fabs(a->angle - b->angle), 180);
        ck_assert_double_eq_tol(b->x, a->x, 1e-12 * WIDTH);
        ck_assert_double_eq_tol(b->y, a->y, 1e-12 * WIDTH);
        ck_assert_double_eq_tol(b->width, a->width, 1e-11 * WIDTH);
        ck_assert_double_eq_tol(b->height, a->height, 1e-11 * WIDTH);
        ck_assert_msg(turn < 1e-6 || turn > 180 - 1e-6, "%s: angle %g", text, b->angle);
        *b = *a;
    }
    ck_assert_msg(sample_same(source, target), "%s does not restore the sample", text);
}

START_TEST(inverse_pairs_restore) {
    static const int formats[] = {SEG_U8, SEG_U16, SEG_F32};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (int f = 0; f < 3; f++) {
            if (f == 2 && strstr(pairs[i], "invert")) continue; /* 1 - (1 - x) is rounded */
            seg_sample source, target;
            sample_make(&source, SEG_LABEL_ALL, formats[f], 3, WIDTH, HEIGHT, 0);
            seg_sample_init(&target, NULL);
            apply(pairs[i], &target, &source);
            assert_restored(pairs[i], &source, &target);
            seg_sample_free(&source);
            seg_sample_free(&target);
        }
}
END_TEST

/* A full turn in steps: four quarters, and two mirrors that are a half. */
START_TEST(single_steps_do_change) {
    static const char *const texts[] = {
        "hflip", "vflip", "transpose", "rotate90(turns=quarter)", "rotate90(turns=half)", "invert"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        seg_sample source, target;
        sample_make(&source, SEG_LABEL_ALL, SEG_U8, 3, WIDTH, HEIGHT, 0);
        seg_sample_init(&target, NULL);
        apply(texts[i], &target, &source);
        ck_assert_msg(!sample_same(&source, &target), "%s changes nothing", texts[i]);
        seg_sample_free(&source);
        seg_sample_free(&target);
    }
}
END_TEST

/* ---- draws that change nothing ---- */

static const char *const identities[] = {
    "rotate(limit=0)",
    "rotate(limit=0,fit=true)",
    "scale(low=1,high=1)",
    "translate(x=0,y=0)",
    "jitter(x=0,y=0)",
    "shear(x=0,y=0)",
    "affine(rotate=0,low=1,high=1,shear=0,shift=0)",
    "perspective(strength=0)",
    "grid-distortion(strength=0)",
    "elastic(strength=0)",
    "crop(width=61,height=47)",
    "centre-crop(width=61,height=47)",
    "resize(width=61,height=47,filter=nearest)",
    "resize(width=61,height=47,filter=bilinear)",
    "resize(width=61,height=47,filter=area)",
    "letterbox(width=61,height=47)",
    "brightness(limit=0)",
    "contrast(limit=0)",
    "gamma(low=1,high=1)",
    "posterise(bits=8)",
    "hsv(h=0,s=0,v=0)",
    "saturation(limit=0)",
    "hue(limit=0)",
    "colour-jitter(brightness=0,contrast=0,saturation=0,hue=0)",
    "temperature(limit=0)",
    "gaussian-noise(low=0,high=0)",
    "multiplicative-noise(low=0,high=0)",
    "salt-and-pepper(share=0)",
    "gaussian-blur(low=0,high=0)",
    "sharpen(low=0,high=0)",
    "downscale(low=1,high=1)",
    "shadow(low=0,high=0)",
    "fog(low=0,high=0)",
    "rain(count=0)",
    "cutout(size=0)",
    "hide-and-seek(hidden=0)",
    "gridmask(keep=1)",
    "fencemask(keep=1)",
};

START_TEST(identity_draws_change_nothing) {
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
        for (int f = 0; f < 2; f++) {
            seg_sample source, target;
            char text[200];
            if (f && strstr(identities[i], "posterise")) continue; /* 8 bits are not all of 16 */
            sample_make(&source, SEG_LABEL_ALL, f ? SEG_U16 : SEG_U8, 3, WIDTH, HEIGHT, 0);
            seg_sample_init(&target, NULL);
            snprintf(text, sizeof text, "%.*s,p=1)", (int)strlen(identities[i]) - 1, identities[i]);
            apply(text, &target, &source);
            ck_assert_msg(pixels_same(&source.picture, &target.picture), "%s changes pixels (%s)",
                          text, f ? "u16" : "u8");
            ck_assert_msg(pixels_same(&source.instances, &target.instances) &&
                              pixels_same(&source.semantic, &target.semantic),
                          "%s changes masks", text);
            ck_assert_msg(sample_same(&source, &target), "%s changes labels", text);
            seg_sample_free(&source);
            seg_sample_free(&target);
        }
}
END_TEST

/* ---- the whole registry at once ---- */

typedef struct shared {
    seg_augment_pipeline *pipelines[128];
    seg_sample samples[SAMPLE_SET];
    seg_augment_partners partners;
    int32_t count;
} shared;

static seg_status copy_partner(void *user, int64_t index, seg_sample *sample) {
    return seg_sample_copy(sample, &((shared *)user)->samples[index], NULL);
}

static void shared_start(shared *s) {
    const seg_augmentation *const *all = seg_augmentations(&s->count);
    ck_assert_int_lt(s->count, 128);
    for (int32_t i = 0; i < s->count; i++) {
        char text[200];
        sample_text(text, all[i], "");
        s->pipelines[i] = sample_pipeline(text, NULL);
    }
    for (uint32_t i = 0; i < SAMPLE_SET; i++)
        sample_make(&s->samples[i], SEG_LABEL_ALL, SEG_U8, 3, WIDTH, HEIGHT, i);
    s->partners = (seg_augment_partners){s, SAMPLE_SET, copy_partner};
}

static void shared_stop(shared *s) {
    for (int32_t i = 0; i < s->count; i++)
        seg_augment_pipeline_free(s->pipelines[i]);
    for (int i = 0; i < SAMPLE_SET; i++)
        seg_sample_free(&s->samples[i]);
}

/* FNV-1a over pixels and boxes. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
    return hash;
}

static uint64_t hash_sample(const seg_sample *sample) {
    uint64_t hash = 14695981039346656037u;
    const size_t row = (size_t)sample->picture.width * sample->picture.channels;
    for (int32_t y = 0; y < sample->picture.height; y++)
        hash = hash_bytes(hash, seg_image_row(&sample->picture, y), row);
    for (int32_t i = 0; i < sample->object_count; i++)
        hash = hash_bytes(hash, &sample->objects[i].box, sizeof(seg_box));
    hash = hash_bytes(hash, sample->corners, 2 * (size_t)sample->corner_count * sizeof(double));
    return hash_bytes(hash, sample->runs, (size_t)sample->run_count * sizeof(uint32_t));
}

/* Every augmentation on every sample, from the last to the first if `backwards`. 0 = an error. */
static uint64_t run_all(const shared *s, bool backwards) {
    seg_augment_work *work;
    seg_sample target;
    uint64_t sum = 0;
    if (seg_augment_work_create(&work, NULL) < 0) return 0;
    seg_sample_init(&target, NULL);
    const int32_t runs = s->count * COPIES;
    for (int32_t n = 0; n < runs; n++) {
        const int32_t k = backwards ? runs - 1 - n : n, i = k / COPIES, copy = k % COPIES;
        const seg_augmentation *a = seg_augmentations(NULL)[i];
        if (a->labels != SEG_LABEL_ALL) continue;
        if (seg_augment_apply(s->pipelines[i], work, &target, &s->samples[copy % SAMPLE_SET], copy,
                              &s->partners) < 0)
            return 0;
        sum += hash_sample(&target) * (uint64_t)(2 * k + 1);
    }
    seg_sample_free(&target);
    seg_augment_work_free(work);
    return sum;
}

typedef struct worker {
    const shared *set;
    uint64_t hash;
    int number;
} worker;

static void *work_on(void *user) {
    worker *w = user;
    w->hash = run_all(w->set, w->number % 2);
    return NULL;
}

START_TEST(threads_share_a_pipeline) {
    static shared s;
    shared_start(&s);
    const uint64_t expected = run_all(&s, false);
    ck_assert(expected != 0);
    pthread_t threads[WORKERS];
    worker workers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (worker){&s, 0, i};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work_on, &workers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert(workers[i].hash == expected);
    }
    shared_stop(&s);
}
END_TEST

/* Data loaders fork after the pipeline was made and used; children neither hang nor differ. */
START_TEST(forked_processes_share_a_pipeline) {
    static shared s;
    shared_start(&s);
    const uint64_t expected = run_all(&s, false);
    pid_t children[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0) _exit(run_all(&s, i % 2) == expected ? 0 : 1);
    }
    for (int i = 0; i < WORKERS; i++) {
        int code;
        ck_assert_int_eq(waitpid(children[i], &code, 0), children[i]);
        ck_assert(WIFEXITED(code) && WEXITSTATUS(code) == 0);
    }
    ck_assert(run_all(&s, true) == expected);
    shared_stop(&s);
}
END_TEST

/* After a few rounds over the same samples nothing is allocated, mixing ones included. */
START_TEST(steady_state_allocates_nothing) {
    static shared s;
    shared_start(&s);
    const seg_augmentation *const *all = seg_augmentations(&s.count);
    seg_augment_work *work;
    seg_sample target;
    int32_t changing = 0;
    ck_assert_ok(seg_augment_work_create(&work, NULL));
    seg_sample_init(&target, NULL);
    for (int32_t i = 0; i < s.count; i++) {
        if (all[i]->labels != SEG_LABEL_ALL) continue;
        bool one_size = true; /* else the target, which is the caller's, gets new pictures */
        for (int round = 0; round < 2; round++) {
            if (round) seg_memory_fail_at(1000000);
            for (int64_t copy = 0; copy < 30; copy++) {
                const int32_t width = target.picture.width, height = target.picture.height;
                ck_assert_ok(seg_augment_apply(s.pipelines[i], work, &target,
                                               &s.samples[copy % SAMPLE_SET], copy, &s.partners));
                if (round && (width != target.picture.width || height != target.picture.height))
                    one_size = false;
            }
        }
        const int64_t left = seg_memory_fail_at(0);
        changing += !one_size;
        ck_assert_msg(left == 1000000 || !one_size, "%s: %lld allocations in the second round",
                      all[i]->id, (long long)(1000000 - left));
    }
    ck_assert_int_lt(changing, s.count / 4);
    seg_augment_work_free(work);
    seg_sample_free(&target);
    shared_stop(&s);
}
END_TEST

CORE_MAIN("augment_promises", inverse_pairs_restore, single_steps_do_change,
          identity_draws_change_nothing, threads_share_a_pipeline,
          forked_processes_share_a_pipeline, steady_state_allocates_nothing)
