/*
 * Background models: what they share.
 *
 * Absorption: as long as a pixel's patience is not spent the pixel is not learnt where it is
 * foreground, then it is learnt like background until it is.
 */
#include "temporal/subtractor.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/input.h"
#include "imgproc/mask_median.h"
#include "imgproc/masks.h"
#include "imgproc/samples.h"
#include "kernels/consensus.h"
#include "kernels/temporal.h"
#include "temporal/learning.h"

#include <string.h>

#define PAGE ((size_t)4096)

const char *const seg_shadows_names[] = {"drop", "mark", "keep", NULL};

const seg_subtractor_options *seg_subtractor_shared(const seg_subtractor *model) {
    const char *options = model->base.still->options;
    return (const void *)(options + model->kind->shared);
}

/* ---- the arrays ---- */

seg_subtractor_part *seg_subtractor_add_part(seg_subtractor_layout *layout, size_t row,
                                             size_t size) {
    seg_subtractor_part *part = &layout->parts[layout->count++];
    part->size = size;
    part->pixels = (seg_grid_layout){.run = layout->width, .planes = 1, .size = size};
    if (!seg_size_multiply(&part->pixels.row, row, size) ||
        !seg_size_multiply(&part->count, row, (size_t)layout->height))
        part->count = SIZE_MAX;
    return part;
}

static seg_subtractor_layout layout_of(const seg_subtractor *model, int32_t width, int32_t height,
                                       int32_t colours) {
    seg_subtractor_layout layout = {.width = width, .height = height, .colours = colours};
    model->kind->lay_out(&layout, model->base.still->options);
    return layout;
}

static void release_parts(seg_subtractor_layout *layout, const seg_env *env) {
    seg_release(env, layout->memory);
    *layout = (seg_subtractor_layout){0};
}

/* Where the next part begins behind `size` bytes; false if there is no such place. Arrays that are
 * walked through side by side must not lie whole pages apart, or their rows share cache sets. */
static bool place_behind(size_t *place, size_t size, int32_t part) {
    const size_t set = SEG_ALIGNMENT, sets = PAGE / set;
    const size_t apart = 7 * (size_t)part % sets * set;
    if (size > PTRDIFF_MAX - 2 * PAGE) return false;
    *place = size < PAGE ? (size + set - 1) / set * set : (size + PAGE - 1) / PAGE * PAGE + apart;
    return true;
}

static seg_status allocate_parts(seg_subtractor_layout *layout, const seg_env *env) {
    size_t places[SEG_SUBTRACTOR_PARTS], size = 0;
    for (int32_t i = 0; i < layout->count; i++) {
        const seg_subtractor_part *part = &layout->parts[i];
        size_t bytes;
        bool fits = seg_size_multiply(&bytes, part->count, part->size);
        fits = fits && place_behind(&places[i], size, i) && bytes <= PTRDIFF_MAX - places[i];
        size = fits ? places[i] + bytes : SIZE_MAX; /* which is refused */
    }
    layout->memory = seg_allocate_zeroed(env, size, 1, "background model");
    if (!layout->memory) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < layout->count; i++)
        if (layout->parts[i].count) layout->parts[i].data = (char *)layout->memory + places[i];
    return SEG_OK;
}

/* What a pixel of a plane starts with; NULL = zeros. */
static const void *start_of(uint8_t *byte, const seg_subtractor_part *part) {
    *byte = (uint8_t)part->start;
    return part->start == 0 ? NULL : part->size == 1 ? (const void *)byte : &part->start;
}

static seg_status touch_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const seg_subtractor_layout *layout = argument;
    for (int32_t i = 0; i < layout->count; i++) {
        const seg_subtractor_part *part = &layout->parts[i];
        const size_t row = part->data ? part->count / (size_t)layout->height * part->size : 0;
        char *data = part->data;
        for (size_t k = row * (size_t)first; k < row * (size_t)end; k += PAGE)
            data[k] = 0;
    }
    return SEG_OK;
}

/* Fresh memory is zero already. Written to before anything is read, a page comes at once; read
 * first, it is replaced at the first write, for which all processors are stopped. */
static seg_status touch_parts(seg_subtractor_layout *layout, const seg_env *env) {
    return seg_run_bands(env, layout->height, SEG_SUBTRACTOR_BAND, touch_band, layout);
}

static void start_parts(const seg_subtractor_layout *layout, bool fresh) {
    for (int32_t i = 0; i < layout->count; i++) {
        const seg_subtractor_part *part = &layout->parts[i];
        uint8_t byte;
        const void *start = start_of(&byte, part);
        float *items = part->data;
        if (!part->data || (fresh && !start)) continue;
        if (start == &part->start)
            for (size_t k = 0; k < part->count; k++)
                items[k] = part->start;
        else
            memset(part->data, byte, part->count * part->size);
    }
}

/* ---- life ---- */

/* With more needed than there are, nothing would ever be background. */
static seg_status check_needed(const seg_subtractor_kind *kind, const void *options) {
    if (!kind->spans) return SEG_OK;
    const int32_t samples = *(const int32_t *)((const char *)options + kind->samples);
    const int32_t needed = *(const int32_t *)((const char *)options + kind->needed);
    if (needed <= kind->spans * samples) return SEG_OK;
    return seg_fail(
        SEG_ERROR_OPTION,
        "needed is %d (allowed: 1 to %d, the samples of a pixel that samples = %d makes); "
        "raise samples or lower needed",
        (int)needed, (int)(kind->spans * samples), (int)samples);
}

seg_status seg_subtractor_create(void **state, const seg_subtractor_kind *kind, const void *options,
                                 const seg_env *env) {
    SEG_TRY(seg_temporal_create(state, kind->state_size, kind->params, options, env));
    seg_subtractor *model = *state;
    const seg_status status = check_needed(kind, model->base.still->options);
    model->kind = kind;
    if (status >= 0) return SEG_OK;
    seg_temporal_free(model);
    *state = NULL;
    return status;
}

void seg_subtractor_free(void *state) {
    seg_subtractor *model = state;
    if (!model) return;
    release_parts(&model->layout, &model->base.still->env);
    seg_patience_free(&model->patience);
    seg_temporal_free(model);
}

void seg_subtractor_reset(void *state) {
    seg_subtractor *model = state;
    model->bound = false;
    seg_temporal_reset(model);
}

/* The model for frames like the one at hand: as large as the last one if it can be. */
static seg_status bind(seg_subtractor *model, int32_t colours) {
    const seg_image *picture = &model->picture;
    const seg_env *env = &model->base.still->env;
    seg_subtractor_layout layout = layout_of(model, picture->width, picture->height, colours);
    seg_subtractor_layout *own = &model->layout;
    const bool fresh = own->width != layout.width || own->height != layout.height ||
                       own->colours != layout.colours;
    if (fresh) {
        release_parts(own, env);
        SEG_TRY(allocate_parts(&layout, env));
        *own = layout;
        SEG_TRY(touch_parts(own, env));
    }
    start_parts(own, fresh);
    return seg_patience_start(&model->patience, &seg_subtractor_shared(model)->absorb,
                              picture->width, picture->height, env);
}

/* ---- a frame ---- */

/* The picture that the model looks at, as whole numbers, and what takes no part. */
static seg_status take_picture(seg_subtractor *model, const seg_frame *frame) {
    seg_still *still = model->base.still;
    const bool colour = seg_subtractor_shared(model)->colour && !seg_image_empty(&frame->image);
    seg_image picture = frame->image;
    if (!colour) SEG_TRY(seg_input_grey(&picture, &still->images[0], frame, &still->env));
    SEG_TRY(seg_picture_whole(&model->picture, &picture, &still->scratch));
    SEG_TRY(seg_picture_blocked(&model->left_out, &picture, &frame->ignore, &still->scratch));
    model->picture.owner = model->left_out.owner = NULL;
    model->held = frame->known_foreground;
    model->held.owner = NULL;
    model->base.samples.grey = model->picture; /* its size is what base looks at */
    return SEG_OK;
}

/* How much of the frame is learnt. */
static seg_status weigh(seg_subtractor *model, bool *warm) {
    const seg_subtractor_options *o = seg_subtractor_shared(model);
    const seg_learning learning = {
        .rate = o->rate, .history = o->history, .warmup = o->warmup, .learn = o->learn};
    return seg_learning_weigh(&model->weight, warm, &learning, &model->base.clock);
}

/* Masks of what has not been foreground for long enough, and of what has. */
static seg_status judge_patience(seg_subtractor *model) {
    const seg_subtractor_options *o = seg_subtractor_shared(model);
    const seg_image *picture = &model->picture;
    seg_still *still = model->base.still;
    model->patient = model->absorbed = (seg_image){0};
    if (o->absorb.value <= 0) return SEG_OK;
    SEG_TRY(seg_clock_need(&model->base.clock, &o->absorb, "absorb"));
    seg_image *patient = &still->images[1], *absorbed = &still->images[2];
    SEG_TRY(seg_image_reuse(patient, picture->width, picture->height, SEG_U8, 1, &still->env));
    SEG_TRY(seg_image_reuse(absorbed, picture->width, picture->height, SEG_U8, 1, &still->env));
    for (int32_t y = 0; y < picture->height; y++) {
        uint8_t *p = seg_image_row(patient, y), *a = seg_image_row(absorbed, y);
        seg_patience_judge(a, &model->patience, y, picture->width);
        for (int32_t x = 0; x < picture->width; x++)
            p[x] = (uint8_t)~a[x];
    }
    model->patient = *patient;
    model->absorbed = *absorbed;
    model->patient.owner = model->absorbed.owner = NULL;
    return SEG_OK;
}

static void leave_out(const seg_subtractor *model, seg_image *mask) {
    const seg_temporal_kernels *kernels = seg_temporal_kernels_get();
    for (int32_t y = 0; y < mask->height && !seg_image_empty(&model->left_out); y++)
        kernels->leave_out_u8(seg_image_row(mask, y), seg_image_row(&model->left_out, y),
                              mask->width);
}

/* What differs from the model, which learns, and for how long it has. */
static seg_status find_raw(seg_subtractor *model, seg_result *result) {
    SEG_TRY(model->kind->step(model, result));
    leave_out(model, &result->mask); /* smoothing must not see what is there */
    /* smoothing takes corners away that are not to be foreground for ever */
    if (!model->first)
        seg_patience_count(&model->patience, &result->mask, &seg_subtractor_shared(model)->absorb,
                           &model->base.clock);
    return SEG_OK;
}

/* The same, smoothed: it is found where the median reads it. */
static seg_status find_foreground(seg_subtractor *model, seg_result *result) {
    const int32_t side = seg_subtractor_shared(model)->smooth;
    seg_still *still = model->base.still;
    seg_image mask = result->mask, raw = {0};
    /* taken from the first frame on, so that later ones need no memory */
    if (side > 1) SEG_TRY(seg_scratch_image(&raw, &mask, SEG_U8, 1, &still->scratch));
    if (side == 1 || model->first) return find_raw(model, result);
    result->mask = raw;
    const seg_status status = find_raw(model, result);
    result->mask = mask;
    return status < 0 ? status : seg_mask_median(&mask, &raw, side, &still->scratch, &still->env);
}

/* ---- the background as a picture ---- */

typedef struct background_job {
    const seg_subtractor *model;
    seg_image *picture;
} background_job;

static seg_status background_band(void *argument, int32_t band, int32_t first, int32_t end,
                                  int32_t worker) {
    (void)band, (void)worker;
    const background_job *job = argument;
    const seg_image *picture = job->picture;
    const size_t samples = (size_t)picture->width * picture->channels;
    for (int32_t y = first; y < end; y++) {
        void *row = seg_image_row(picture, y);
        job->model->kind->background_row(job->model, row, picture->format == SEG_U16, y);
        const uint32_t full = (1u << picture->bits) - 1;
        uint16_t *wide = row;
        for (size_t i = 0; picture->format == SEG_U16 && full < 65535 && i < samples; i++)
            wide[i] = (uint16_t)((wide[i] * full + 32767) / 65535);
    }
    return SEG_OK;
}

static seg_status give_background(const seg_subtractor *model, seg_result *result) {
    const seg_env *env = &model->base.still->env;
    seg_image *picture = &result->background;
    SEG_TRY(seg_image_reuse(picture, model->layout.width, model->layout.height,
                            (seg_format)model->picture.format, model->layout.colours, env));
    picture->bits = model->picture.bits;
    picture->colour = model->layout.colours == 3                 ? SEG_COLOUR_RGB
                      : model->picture.colour == SEG_COLOUR_LUMA ? SEG_COLOUR_LUMA
                                                                 : SEG_COLOUR_GREY;
    result->outputs |= SEG_OUTPUT_BACKGROUND;
    background_job job = {model, picture};
    return seg_run_bands(env, picture->height, SEG_SUBTRACTOR_BAND, background_band, &job);
}

seg_status seg_subtractor_apply(void *state, const seg_frame *frame, uint32_t wanted,
                                seg_result *result) {
    seg_subtractor *model = state;
    seg_temporal *base = &model->base;
    bool warm;
    seg_scratch_rewind(&base->still->scratch);
    SEG_TRY(take_picture(model, frame));
    seg_clock_look(&base->clock, frame);
    const int32_t colours = seg_colours(&model->picture);
    model->first = !model->bound;
    if (model->bound)
        SEG_TRY(
            seg_temporal_check_size(base, "the model", model->layout.width, model->layout.height));
    if (model->bound && colours != model->layout.colours)
        return seg_fail(SEG_ERROR_SHAPE, "the model has %ld colours, the frame %ld",
                        (long)model->layout.colours, (long)colours);
    SEG_TRY(seg_temporal_prepare(base, frame, wanted, SEG_U16, 16, result));
    if (!model->bound) {
        SEG_TRY(bind(model, colours));
        model->weight = 1;
        model->patient = model->absorbed = (seg_image){0};
        warm = true;
    } else {
        SEG_TRY(weigh(model, &warm));
        SEG_TRY(judge_patience(model));
    }
    SEG_TRY(find_foreground(model, result));
    if (model->first)
        seg_temporal_give_empty(result);
    else if (model->kind->finish)
        SEG_TRY(model->kind->finish(model, result));
    leave_out(model, &result->mask);
    seg_temporal_mark_known(result, &model->held, &model->left_out);
    if (warm) result->flags |= SEG_RESULT_PROVISIONAL;
    seg_result_decide(result, "rate", model->weight, "per frame");
    model->bound = true;
    seg_temporal_end(base, frame);
    base->geometry = seg_blob_geometry_of(seg_frame_picture(frame));
    return wanted & SEG_OUTPUT_BACKGROUND ? give_background(model, result) : SEG_OK;
}

/* ---- rows of colours ---- */

void seg_subtractor_row8(const uint8_t *value[3], const seg_subtractor *model, int32_t y,
                         uint8_t *room) {
    const seg_image *picture = &model->picture;
    const int32_t width = picture->width, channels = picture->channels;
    const size_t step = (size_t)channels;
    uint8_t *own[3];
    for (int32_t c = 0; c < 3; c++)
        value[c] = own[c] = room + (size_t)c * (size_t)width;
    if (picture->format == SEG_U8) {
        const uint8_t *row = seg_image_row(picture, y);
        if (channels >= 3)
            seg_temporal_kernels_get()->split_u8(own, row, width, channels);
        else if (channels == 1)
            value[0] = row;
        else
            for (int32_t x = 0; x < width; x++)
                own[0][x] = row[(size_t)x * step];
        return;
    }
    uint16_t *wide = (uint16_t *)(void *)(room + 4 * (size_t)width);
    const uint16_t *row = seg_row16(wide, picture, y);
    for (int32_t c = 0; c < model->layout.colours; c++)
        for (int32_t x = 0; x < width; x++)
            own[c][x] = (uint8_t)((row[(size_t)x * step + (size_t)c] * 255u + 32895u) >> 16);
}

void seg_subtractor_row16(const uint16_t *value[3], const seg_subtractor *model, int32_t y,
                          uint16_t *room) {
    const seg_image *picture = &model->picture;
    const size_t width = (size_t)picture->width, step = picture->channels;
    const uint16_t *row = seg_row16(room + 3 * width, picture, y);
    for (size_t c = 0; c < (size_t)model->layout.colours; c++) {
        uint16_t *own = room + c * width;
        for (size_t x = 0; x < width; x++)
            own[x] = (uint16_t)((row[x * step + c] * 32640u + 32767u) / 65535);
        value[c] = own;
    }
}

bool seg_subtractor_due(const seg_subtractor *model, double times, int64_t *count) {
    const seg_subtractor_options *o = seg_subtractor_shared(model);
    const seg_clock *clock = &model->base.clock;
    const bool timed = o->history.value > 0 && o->history.in_seconds;
    const double rate = times * (timed ? 1 / o->history.value : model->weight);
    const double before = timed ? clock->seconds : (double)clock->frames;
    const double step = timed ? (clock->elapsed > 0 ? clock->elapsed : 0) : 1;
    const int64_t first = (int64_t)(before * (rate < 1 || timed ? rate : 1));
    if (count) *count = first;
    if (model->weight <= 0) return false;
    return rate >= 1 && !timed ? true : (int64_t)((before + step) * rate) > first;
}

void seg_subtractor_interleave(const seg_subtractor *model, void *row, bool wide,
                               const uint8_t *const value[3]) {
    const size_t colours = (size_t)model->layout.colours;
    uint8_t *narrow_row = row;
    uint16_t *wide_row = row;
    for (size_t c = 0; c < colours; c++)
        for (size_t x = 0; x < (size_t)model->layout.width; x++)
            if (wide)
                wide_row[x * colours + c] = (uint16_t)(value[c][x] * 257);
            else
                narrow_row[x * colours + c] = value[c][x];
}

/* ---- the model as a blob ---- */

static void write_part(seg_blob_writer *writer, const seg_subtractor_part *part) {
    if (part->size == 1)
        seg_blob_write_u8(writer, part->data, part->count);
    else if (part->size == 2)
        seg_blob_write_u16(writer, part->data, part->count);
    else
        seg_blob_write_f32(writer, part->data, part->count);
}

static void read_part(seg_blob_reader *reader, const seg_subtractor_part *part) {
    if (part->size == 1)
        seg_blob_read_u8(reader, part->data, part->count);
    else if (part->size == 2)
        seg_blob_read_u16(reader, part->data, part->count);
    else
        seg_blob_read_f32(reader, part->data, part->count);
}

seg_status seg_subtractor_save(void *state, void *buffer, size_t *size) {
    const seg_subtractor *model = state;
    const seg_subtractor_layout *layout = &model->layout;
    if (!model->bound) return seg_fail(SEG_ERROR_STATE, "there is no model before the first frame");
    const int32_t shape[3] = {layout->width, layout->height, layout->colours};
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, model->kind->id, model->kind->version,
                         &model->base.geometry);
    seg_clock_write(&writer, &model->base.clock);
    seg_blob_write_i32(&writer, shape, 3);
    seg_patience_write(&writer, &model->patience);
    for (int32_t i = 0; i < layout->count; i++)
        if (layout->parts[i].count) write_part(&writer, &layout->parts[i]);
    return seg_blob_write_end(&writer, size);
}

/* True if so many bytes are left as the arrays take: before memory is taken for them. */
static bool parts_fit(const seg_blob_reader *reader, const seg_subtractor_layout *layout,
                      size_t patience) {
    size_t left = seg_blob_left(reader);
    for (int32_t i = 0; i < layout->count; i++) {
        size_t bytes;
        if (!seg_size_multiply(&bytes, layout->parts[i].count, layout->parts[i].size) ||
            bytes > left)
            return false;
        left -= bytes;
    }
    return left == patience;
}

/* All but the arrays. */
static bool read_head(seg_blob_reader *reader, const seg_subtractor *model,
                      seg_subtractor_layout *layout, seg_clock *clock) {
    if (reader->version != model->kind->version) return false;
    if (!seg_clock_read(reader, clock) || clock->frames < 1) return false;
    const int32_t width = seg_blob_read_bounded(reader, 1, INT32_MAX);
    const int32_t height = seg_blob_read_bounded(reader, 1, INT32_MAX);
    const int32_t colours = seg_blob_read_bounded(reader, 1, 3);
    if (width != reader->geometry.width || height != reader->geometry.height || colours == 2)
        return false;
    *layout = layout_of(model, width, height, colours);
    return parts_fit(reader, layout,
                     seg_patience_size(&seg_subtractor_shared(model)->absorb, width, height));
}

/* The arrays, and what they must be. */
static seg_status read_parts(seg_blob_reader *reader, const seg_subtractor *model,
                             seg_subtractor_layout *layout, seg_patience *patience) {
    const seg_env *env = &model->base.still->env;
    SEG_TRY(seg_check_limits(layout->width, layout->height, env));
    SEG_TRY(seg_patience_start(patience, &seg_subtractor_shared(model)->absorb, layout->width,
                               layout->height, env));
    SEG_TRY(allocate_parts(layout, env));
    seg_patience_read(reader, patience);
    for (int32_t i = 0; i < layout->count; i++)
        if (layout->parts[i].count) read_part(reader, &layout->parts[i]);
    SEG_TRY(seg_blob_finish(reader));
    if (model->kind->sane && !model->kind->sane(layout))
        return seg_fail(SEG_ERROR_DATA, "the model's content is impossible");
    return SEG_OK;
}

seg_status seg_subtractor_load(void *state, const void *buffer, size_t size) {
    seg_subtractor *model = state;
    const seg_env *env = &model->base.still->env;
    seg_blob_reader reader;
    seg_subtractor_layout layout = {0};
    seg_patience patience = {0};
    seg_clock clock;
    SEG_TRY(seg_blob_read_begin(&reader, buffer, size, model->kind->id, model->kind->version));
    if (!read_head(&reader, model, &layout, &clock))
        return seg_fail(SEG_ERROR_DATA, "the model's content is impossible, ends early, or is that "
                                        "of a model with other options");
    const seg_status status = read_parts(&reader, model, &layout, &patience);
    release_parts(status < 0 ? &layout : &model->layout, env);
    seg_patience_free(status < 0 ? &patience : &model->patience);
    if (status < 0) return status;
    model->layout = layout;
    model->patience = patience;
    model->base.clock = clock;
    model->base.geometry = reader.geometry;
    model->bound = true;
    return SEG_OK;
}

/* ---- another view ---- */

seg_status seg_subtractor_move(void *state, const double from[9]) {
    seg_subtractor *model = state;
    const seg_subtractor_layout *layout = &model->layout;
    seg_scratch *scratch = &model->base.still->scratch;
    size_t row = seg_patience_row(&model->patience);
    for (int32_t i = 0; i < layout->count; i++)
        if (layout->parts[i].pixels.row > row) row = layout->parts[i].pixels.row;
    /* textures at the border were of what is not there */
    const int32_t margin = model->kind->textured ? SEG_TEXTURE_REACH : 0;
    seg_grid grid;
    seg_scratch_rewind(scratch);
    SEG_TRY(seg_grid_make(&grid, from, layout->width, layout->height, margin, row, scratch));
    for (int32_t i = 0; i < layout->count; i++) {
        const seg_subtractor_part *part = &layout->parts[i];
        uint8_t byte;
        if (part->data && part->pixels.planes)
            seg_grid_move(&grid, part->data, &part->pixels, start_of(&byte, part));
    }
    seg_patience_move(&model->patience, &grid);
    return SEG_OK;
}
