/*
 * Methods that are wrong on purpose. This file takes the place of lib/methods.c: its registry has
 * one row, a true method with one fault, chosen by the environment variable MUTANT. The contract
 * tests, linked with it, must fail for every fault, and pass for the rows without one.
 * tests/mutation.sh builds and runs them.
 */
#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include "imgproc/still_method.h"
#include "methods.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* State of a method around that of the true one. */
typedef struct mutant {
    void *state;
    seg_env env;
    seg_image kept;     /* a frame's picture, borrowed */
    void *block;        /* memory of its own */
    int64_t frames;     /* taken so far */
    uint32_t wanted;    /* of this call */
    seg_result *result; /* of this call */
} mutant;

typedef struct fault {
    const char *name;
    const seg_method *base;
    /* Changes the row itself. */
    void (*row)(seg_method *row);
    /* After the true create; on its failure `m` has no state. */
    seg_status (*create)(mutant *m, seg_status status);
    /* Before and after the true apply; `frame` is a copy. */
    void (*before)(mutant *m, seg_frame *frame);
    seg_status (*after)(mutant *m, const seg_frame *frame, seg_status status);
} fault;

static const fault *chosen(void);

/* ---- how a fault shows: the first pixel of the mask is wrong ---- */

static void flip_if(const mutant *m, bool condition) {
    if (condition && m->result->outputs & SEG_OUTPUT_MASK) *(uint8_t *)m->result->mask.data ^= 255;
}

static const uint8_t *first_row(const seg_frame *frame) {
    return seg_image_row(&frame->image, 0);
}

static size_t row_bytes(const seg_image *image) {
    return (size_t)image->width * image->channels * seg_format_size((seg_format)image->format);
}

/* ---- memory that is not the method's ---- */

static seg_status reads_beyond_row(mutant *m, const seg_frame *frame, seg_status status) {
    flip_if(m, first_row(frame)[row_bytes(&frame->image)] % 4 == 0);
    return status;
}

static seg_status reads_before_row(mutant *m, const seg_frame *frame, seg_status status) {
    flip_if(m, first_row(frame)[-1] % 4 == 0);
    return status;
}

/* Only where the height is odd, and the last row: what vector code does at an edge. */
static seg_status reads_below_picture(mutant *m, const seg_frame *frame, seg_status status) {
    const seg_image *image = &frame->image;
    const uint8_t *below = (const uint8_t *)image->data + image->stride * image->height;
    if (image->height % 2) flip_if(m, below[0] % 4 == 0);
    return status;
}

static seg_status forgets_negative_strides(mutant *m, const seg_frame *frame, seg_status status) {
    const ptrdiff_t stride = frame->image.stride;
    if (frame->image.height < 2) return status;
    flip_if(m, ((const uint8_t *)frame->image.data)[stride < 0 ? -stride : stride] % 2);
    return status;
}

static seg_status writes_beyond_row(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    if (m->result->outputs & SEG_OUTPUT_MASK)
        ((uint8_t *)seg_image_row(&m->result->mask, 0))[m->result->mask.width] = 0;
    return status;
}

static seg_status writes_into_frame(mutant *m, const seg_frame *frame, seg_status status) {
    (void)m;
    *(uint8_t *)frame->image.data ^= 1;
    return status;
}

static seg_status writes_into_ignore(mutant *m, const seg_frame *frame, seg_status status) {
    (void)m;
    if (frame->ignore.data) *(uint8_t *)frame->ignore.data ^= 1;
    return status;
}

static seg_status depends_on_addresses(mutant *m, const seg_frame *frame, seg_status status) {
    flip_if(m, (uintptr_t)frame->image.data % 64 != 0);
    return status;
}

static seg_status depends_on_garbage(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    const unsigned char *block = seg_allocate(&m->env, 1000, 1, "garbage");
    if (!block) return SEG_ERROR_MEMORY;
    if (!m->frames) flip_if(m, block[777] == 0xbd);
    seg_release(&m->env, (void *)block);
    return status;
}

static seg_status keeps_frames(mutant *m, const seg_frame *frame, seg_status status) {
    if (m->kept.data) flip_if(m, *(const uint8_t *)m->kept.data % 2);
    m->kept = frame->image;
    return status;
}

/* ---- masks ---- */

static void ignores_masks(mutant *m, seg_frame *frame) {
    (void)m;
    frame->ignore = (seg_image){0};
}

static void ignores_known_foreground(mutant *m, seg_frame *frame) {
    (void)m;
    frame->known_foreground = (seg_image){0};
}

/* The mask of results obeys, the model does not. */
static seg_status learns_the_ignored(mutant *m, const seg_frame *frame, seg_status status) {
    if (seg_image_empty(&frame->ignore)) return status;
    if (m->result->outputs & SEG_OUTPUT_BACKGROUND)
        for (int32_t y = 0; y < frame->image.height; y++)
            ((uint8_t *)seg_image_row(&m->result->background, y))[frame->image.width / 2]++;
    return status;
}

/* ---- threads and instructions ---- */

static seg_status counts_threads(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    flip_if(m, m->env.runner && m->env.runner->threads > 2);
    return status;
}

static void note_task(void *argument, int32_t task, int32_t worker) {
    (void)worker;
    *(int32_t *)argument = task;
}

static seg_status depends_on_order(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    int32_t last = 7;
    if (m->env.runner && m->env.runner->threads == 3)
        m->env.runner->run(m->env.runner->user, 8, note_task, &last);
    flip_if(m, last != 7);
    return status;
}

static seg_status depends_on_worker(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    flip_if(m, seg_workers(&m->env) == 7);
    return status;
}

static seg_status depends_on_instructions(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    flip_if(m, seg_cpu_level_get() == SEG_CPU_REF);
    return status;
}

static seg_status depends_on_instructions_at_odd_widths(mutant *m, const seg_frame *frame,
                                                        seg_status status) {
    flip_if(m, seg_cpu_level_get() != SEG_CPU_REF && frame->image.width % 32 == 10);
    return status;
}

/* ---- state ---- */

static seg_status remembers_frames(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    flip_if(m, m->frames > 0);
    return status;
}

static void drops_reset(seg_method *row) {
    row->reset = NULL;
}

static void nothing(void *state) {
    (void)state;
}

static void forgets_reset(seg_method *row) {
    row->reset = nothing;
}

static seg_status remembers_runs(mutant *m, const seg_frame *frame, seg_status status) {
    static int runs;
    (void)frame;
    flip_if(m, runs++ % 7 == 3);
    return status;
}

/* ---- allocation ---- */

static seg_status leaks(mutant *m, seg_status status) {
    m->block = seg_allocate(&m->env, 1, 8, "a leak");
    return m->block ? status : SEG_ERROR_MEMORY;
}

static seg_status leaks_after_failure(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    if (status == SEG_ERROR_MEMORY) m->block = seg_allocate(&m->env, 1, 8, "a leak");
    return status;
}

/* Gives an empty mask where memory fails. */
static seg_status swallows_failures(mutant *m, const seg_frame *frame, seg_status status) {
    if (status != SEG_ERROR_MEMORY) return status;
    const seg_image *image = &frame->image;
    seg_result *result = m->result;
    status = seg_image_reuse(&result->mask, image->width, image->height, SEG_U8, 1, &m->env);
    if (status < 0) return status;
    for (int32_t y = 0; y < image->height; y++)
        memset(seg_image_row(&result->mask, y), 0, (size_t)image->width);
    result->outputs |= SEG_OUTPUT_MASK;
    return SEG_OK;
}

static seg_status allocates_in_each_frame(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    void *block = seg_allocate(&m->env, 1, 8, "a block");
    seg_release(&m->env, block);
    return block ? status : SEG_ERROR_MEMORY;
}

static seg_status passes_the_allocator_by(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    if (m->frames) return status;
    void *block = seg_allocate(NULL, 1, 8, "a block");
    seg_release(NULL, block);
    return block ? status : SEG_ERROR_MEMORY;
}

static seg_status breaks_after_failure(mutant *m, const seg_frame *frame, seg_status status) {
    if (status == SEG_ERROR_MEMORY) m->kept = frame->image;
    return status >= 0 && m->kept.data
               ? seg_fail(SEG_ERROR_STATE, "a call before this one failed: no memory")
               : status;
}

/* ---- rows ---- */

static void shouts(seg_method *row) {
    row->id = "OTSU";
}

static void takes_what_it_cannot(seg_method *row) {
    row->formats |= SEG_FORMAT_BIT(SEG_LABEL32);
}

static void promises_too_much(seg_method *row) {
    row->outputs |= SEG_OUTPUT_LABELS;
}

/* ---- results ---- */

static seg_status writes_ones(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    if (!(m->result->outputs & SEG_OUTPUT_MASK)) return status;
    for (int32_t y = 0; y < m->result->mask.height; y++)
        for (int32_t x = 0; x < m->result->mask.width; x++)
            ((uint8_t *)seg_image_row(&m->result->mask, y))[x] &= 1;
    return status;
}

static seg_status fills_less(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    m->result->outputs &= ~(uint32_t)SEG_OUTPUT_SCORE;
    return status;
}

static seg_status depends_on_wanted(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    flip_if(m, m->wanted == SEG_OUTPUT_MASK);
    return status;
}

static seg_status describes_another_frame(mutant *m, const seg_frame *frame, seg_status status) {
    m->result->index = frame->index + 1;
    return status;
}

static seg_status forgets_time(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    m->result->pts = SEG_NO_PTS;
    return status;
}

static seg_status starts_full(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    flip_if(m, m->frames == 0);
    return status;
}

static seg_status fails_at_one_column(mutant *m, const seg_frame *frame, seg_status status) {
    (void)m;
    return frame->image.width == 1 ? seg_fail(SEG_ERROR_SHAPE, "too narrow") : status;
}

static seg_status never_stops(mutant *m, const seg_frame *frame, seg_status status) {
    return status == SEG_ERROR_CANCELLED ? swallows_failures(m, frame, SEG_ERROR_MEMORY) : status;
}

/* ---- depths ---- */

static seg_status depends_on_depth(mutant *m, const seg_frame *frame, seg_status status) {
    flip_if(m, frame->image.format == SEG_U16);
    return status;
}

static void takes_all_bits(mutant *m, seg_frame *frame) {
    (void)m;
    if (frame->image.format == SEG_U16) frame->image.bits = 16;
}

/* NaN and infinity as one. */
static void counts_no_numbers(mutant *m, seg_frame *frame) {
    static float room[4 * 1000 * 1000];
    const seg_image *image = &frame->image;
    const size_t row = (size_t)image->width * image->channels;
    (void)m;
    if (image->format != SEG_F32) return;
    for (int32_t y = 0; y < image->height; y++)
        for (size_t i = 0; i < row; i++) {
            const float value = ((const float *)seg_image_row(image, y))[i];
            room[(size_t)y * row + i] = isfinite(value) ? value : 1;
        }
    frame->image.data = room;
    frame->image.stride = (ptrdiff_t)(row * sizeof *room);
}

/* ---- models and look-ahead ---- */

static seg_status load_nothing(void *state, const void *buffer, size_t size) {
    /* checks, and goes on with what was there */
    mutant *m = state;
    void *other;
    SEG_TRY(chosen()->base->create(&other, NULL, &m->env));
    const seg_status status = chosen()->base->load(other, buffer, size);
    chosen()->base->free(other);
    return status;
}

static void loads_nothing(seg_method *row) {
    row->load = load_nothing;
}

static seg_status load_anything(void *state, const void *buffer, size_t size) {
    mutant *m = state;
    const seg_status status = chosen()->base->load(m->state, buffer, size);
    return status == SEG_ERROR_DATA ? SEG_OK : status;
}

static void loads_anything(seg_method *row) {
    row->load = load_anything;
}

static void saves_only(seg_method *row) {
    row->load = NULL;
}

static seg_status learns_for_ever(mutant *m, const seg_frame *frame, seg_status status) {
    (void)frame;
    if (m->result->outputs & SEG_OUTPUT_BACKGROUND && m->frames % 32 == 31)
        *(uint8_t *)m->result->background.data ^= 1;
    return status;
}

static seg_status flush_nothing(void *state, uint32_t wanted, seg_result *result) {
    (void)state, (void)wanted, (void)result;
    return SEG_END;
}

static void loses_the_last_frames(seg_method *row) {
    row->flush = flush_nothing;
}

static int32_t no_delay(const void *options) {
    (void)options;
    return 0;
}

static void lies_about_its_delay(seg_method *row) {
    row->delay = no_delay;
}

/* ---- the list ---- */

/* clang-format off: a table */
static const fault faults[] = {
    /* name, base, row, create, before, after; "sound-": no fault, the suite must pass */
    {"sound-otsu", &seg_method_otsu, 0, 0, 0, 0},
    {"sound-canny", &seg_method_canny, 0, 0, 0, 0},
    {"sound-frame-diff", &seg_method_frame_diff, 0, 0, 0, 0},
    {"sound-background", &seg_method_background, 0, 0, 0, 0},
    {"reads-beyond-row", &seg_method_otsu, 0, 0, 0, reads_beyond_row},
    {"reads-before-row", &seg_method_otsu, 0, 0, 0, reads_before_row},
    {"reads-below-picture", &seg_method_otsu, 0, 0, 0, reads_below_picture},
    {"forgets-negative-strides", &seg_method_otsu, 0, 0, 0, forgets_negative_strides},
    {"writes-beyond-row", &seg_method_otsu, 0, 0, 0, writes_beyond_row},
    {"writes-into-frame", &seg_method_otsu, 0, 0, 0, writes_into_frame},
    {"writes-into-ignore", &seg_method_otsu, 0, 0, 0, writes_into_ignore},
    {"depends-on-addresses", &seg_method_otsu, 0, 0, 0, depends_on_addresses},
    {"depends-on-garbage", &seg_method_otsu, 0, 0, 0, depends_on_garbage},
    {"keeps-frames", &seg_method_background, 0, 0, 0, keeps_frames},
    {"ignores-masks", &seg_method_otsu, 0, 0, ignores_masks, 0},
    {"ignores-masks-of-streams", &seg_method_frame_diff, 0, 0, ignores_masks, 0},
    {"ignores-known-foreground", &seg_method_background, 0, 0, ignores_known_foreground, 0},
    {"learns-the-ignored", &seg_method_background, 0, 0, 0, learns_the_ignored},
    {"counts-threads", &seg_method_otsu, 0, 0, 0, counts_threads},
    {"depends-on-order", &seg_method_otsu, 0, 0, 0, depends_on_order},
    {"depends-on-worker", &seg_method_canny, 0, 0, 0, depends_on_worker},
    {"depends-on-instructions", &seg_method_otsu, 0, 0, 0, depends_on_instructions},
    {"depends-on-instructions-at-odd-widths", &seg_method_otsu, 0, 0, 0,
     depends_on_instructions_at_odd_widths},
    {"remembers-frames", &seg_method_otsu, 0, 0, 0, remembers_frames},
    {"drops-reset", &seg_method_background, drops_reset, 0, 0, 0},
    {"forgets-reset", &seg_method_background, forgets_reset, 0, 0, 0},
    {"forgets-reset-of-differences", &seg_method_frame_diff, forgets_reset, 0, 0, 0},
    {"remembers-runs", &seg_method_otsu, 0, 0, 0, remembers_runs},
    {"leaks", &seg_method_otsu, 0, leaks, 0, 0},
    {"leaks-after-failure", &seg_method_otsu, 0, 0, 0, leaks_after_failure},
    {"swallows-failures", &seg_method_otsu, 0, 0, 0, swallows_failures},
    {"allocates-in-each-frame", &seg_method_otsu, 0, 0, 0, allocates_in_each_frame},
    {"passes-the-allocator-by", &seg_method_otsu, 0, 0, 0, passes_the_allocator_by},
    {"breaks-after-failure", &seg_method_otsu, 0, 0, 0, breaks_after_failure},
    {"shouts", &seg_method_otsu, shouts, 0, 0, 0},
    {"takes-what-it-cannot", &seg_method_otsu, takes_what_it_cannot, 0, 0, 0},
    {"promises-too-much", &seg_method_threshold, promises_too_much, 0, 0, 0},
    {"writes-ones", &seg_method_otsu, 0, 0, 0, writes_ones},
    {"fills-less", &seg_method_otsu, 0, 0, 0, fills_less},
    {"depends-on-wanted", &seg_method_otsu, 0, 0, 0, depends_on_wanted},
    {"describes-another-frame", &seg_method_otsu, 0, 0, 0, describes_another_frame},
    {"forgets-time", &seg_method_otsu, 0, 0, 0, forgets_time},
    {"starts-full", &seg_method_frame_diff, 0, 0, 0, starts_full},
    {"fails-at-one-column", &seg_method_otsu, 0, 0, 0, fails_at_one_column},
    {"never-stops", &seg_method_canny, 0, 0, 0, never_stops},
    {"depends-on-depth", &seg_method_otsu, 0, 0, 0, depends_on_depth},
    {"takes-all-bits", &seg_method_threshold, 0, 0, takes_all_bits, 0},
    {"counts-no-numbers", &seg_method_otsu, 0, 0, counts_no_numbers, 0},
    {"loads-nothing", &seg_method_background, loads_nothing, 0, 0, 0},
    {"loads-anything", &seg_method_background, loads_anything, 0, 0, 0},
    {"saves-only", &seg_method_background, saves_only, 0, 0, 0},
    {"learns-for-ever", &seg_method_background, 0, 0, 0, learns_for_ever},
    {"loses-the-last-frames", &seg_method_frame_diff, loses_the_last_frames, 0, 0, 0},
    {"lies-about-its-delay", &seg_method_frame_diff, lies_about_its_delay, 0, 0, 0},
};
/* clang-format on */

static const fault *chosen(void) {
    static const fault *found;
    const char *name = getenv("MUTANT");
    for (size_t i = 0; !found && i < sizeof faults / sizeof *faults; i++)
        if (name && strcmp(faults[i].name, name) == 0) found = &faults[i];
    if (!found) {
        fprintf(stderr, "MUTANT is \"%s\", which is no fault of tests/mutation/mutants.c\n",
                name ? name : "");
        exit(2);
    }
    return found;
}

/* ---- the method around the true one ---- */

static void release(void *pointer) {
    mutant *m = pointer;
    if (!m) return;
    const seg_env env = m->env;
    if (m->state) chosen()->base->free(m->state);
    seg_release(&env, m);
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    *state = NULL;
    mutant *m = seg_allocate_zeroed(env, 1, sizeof *m, "a mutant");
    if (!m) return SEG_ERROR_MEMORY;
    if (env) m->env = *env;
    seg_status status = chosen()->base->create(&m->state, options, &m->env);
    if (status < 0) m->state = NULL;
    if (chosen()->create) status = chosen()->create(m, status);
    if (status < 0) {
        release(m);
        return status;
    }
    *state = m;
    return SEG_OK;
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    mutant *m = state;
    seg_frame given = *frame;
    m->wanted = wanted;
    m->result = result;
    if (chosen()->before) chosen()->before(m, &given);
    seg_status status = chosen()->base->apply(m->state, &given, wanted, result);
    if (chosen()->after) status = chosen()->after(m, frame, status);
    m->frames++;
    return status;
}

static seg_status flush(void *state, uint32_t wanted, seg_result *result) {
    return chosen()->base->flush(((mutant *)state)->state, wanted, result);
}

static void reset(void *state) {
    mutant *m = state;
    m->frames = 0;
    m->kept = (seg_image){0};
    chosen()->base->reset(m->state);
}

static seg_status save(void *state, void *buffer, size_t *size) {
    return chosen()->base->save(((mutant *)state)->state, buffer, size);
}

static seg_status load(void *state, const void *buffer, size_t size) {
    return chosen()->base->load(((mutant *)state)->state, buffer, size);
}

/* ---- the registry ---- */

const seg_method *const *seg_methods(int32_t *count) {
    static seg_method row;
    static const seg_method *const rows[] = {&row};
    if (!row.id) {
        row = *chosen()->base;
        row.create = create;
        row.apply = apply;
        row.free = release;
        if (row.flush) row.flush = flush;
        if (row.reset) row.reset = reset;
        if (row.save) row.save = save;
        if (row.load) row.load = load;
        if (chosen()->row) chosen()->row(&row);
    }
    if (count) *count = 1;
    return rows;
}

const seg_method *seg_method_find(const char *id) {
    const seg_method *only = seg_methods(NULL)[0];
    return id && strcmp(only->id, id) == 0 ? only : NULL;
}

const char *seg_method_nearest(const char *id) {
    const size_t length = strlen(seg_methods(NULL)[0]->id);
    return id && strncmp(id, seg_methods(NULL)[0]->id, length) == 0 ? seg_methods(NULL)[0]->id
                                                                    : NULL;
}
