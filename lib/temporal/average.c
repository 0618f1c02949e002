/* Running averages in 16 bits. */
#include "temporal/average.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/masks.h"
#include "temporal/dither.h"

#include <math.h>
#include <string.h>

#define BAND_HEIGHT 32
#define LEAST_RATE (1.0 / 1024)

void seg_average_reset(seg_average *average) {
    average->unseen_count = average->updates = 0;
    average->saved_rate = 0;
}

void seg_average_free(seg_average *average, const seg_env *env) {
    seg_image_unref(&average->mean);
    seg_image_unref(&average->variance);
    seg_image_unref(&average->unseen);
    seg_release(env, average->pattern);
    *average = (seg_average){.varies = average->varies};
}

/* Dither of a row of `width` pixels. */
static seg_status make_pattern(seg_average *average, int32_t width, const seg_env *env) {
    if (average->pattern_width == width) return SEG_OK;
    seg_release(env, average->pattern);
    average->pattern_width = 0;
    average->pattern =
        seg_allocate_zeroed(env, (size_t)width, 2 * sizeof *average->pattern, "dither pattern");
    if (!average->pattern) return SEG_ERROR_MEMORY;
    seg_dither_pattern(average->pattern, width);
    average->pattern_width = width;
    return SEG_OK;
}

/* ---- rows ---- */

/* Row y in 16-bit full scale: the picture's memory, or `own`. */
static const uint16_t *full_scale_row(const seg_image *grey, int32_t y, uint16_t *own) {
    const int32_t width = grey->width;
    if (grey->format == SEG_U8) {
        const uint8_t *source = seg_image_row(grey, y);
        for (int32_t x = 0; x < width; x++)
            own[x] = (uint16_t)(source[x] * 257);
        return own;
    }
    const uint16_t *source = seg_image_row(grey, y);
    if (grey->bits >= 16) return source;
    const uint16_t most = (uint16_t)((1u << grey->bits) - 1);
    const double scale = 65535.0 / most;
    for (int32_t x = 0; x < width; x++) {
        const uint16_t value = source[x] < most ? source[x] : most;
        own[x] = (uint16_t)(value * scale + 0.5);
    }
    return own;
}

static void *optional_row(const seg_image *image, int32_t y) {
    return seg_image_empty(image) ? NULL : seg_image_row(image, y);
}

seg_status seg_average_prepare(seg_average_pass *pass, seg_average *average,
                               const seg_samples *samples, seg_still *still) {
    const int32_t width = samples->grey.width, height = samples->grey.height;
    *pass = (seg_average_pass){.average = average, .samples = samples, .step = 1};
    pass->kernels = seg_temporal_kernels_get();
    pass->row_size = ((size_t)width * 8 + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    pass->rows =
        seg_scratch_take(&still->scratch, (size_t)seg_workers(&still->env), pass->row_size, "rows");
    pass->admitted = seg_scratch_take(&still->scratch, (size_t)seg_band_count(height, BAND_HEIGHT),
                                      sizeof *pass->admitted, "counts");
    return pass->rows && pass->admitted ? SEG_OK : SEG_ERROR_MEMORY;
}

/* ---- first frame ---- */

static seg_status start_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const seg_average_pass *pass = argument;
    seg_average *average = pass->average;
    const seg_samples *samples = pass->samples;
    uint16_t *values = (uint16_t *)(pass->rows + (size_t)worker * pass->row_size);
    const int32_t width = samples->grey.width;
    int64_t count = 0;
    for (int32_t y = first; y < end; y++) {
        uint16_t *mean = seg_image_row(&average->mean, y);
        memcpy(mean, full_scale_row(&samples->grey, y, values), (size_t)width * sizeof *mean);
        const uint8_t *left_out = optional_row(&samples->left_out, y);
        const uint8_t *held = optional_row(pass->held, y);
        if (!left_out && !held) continue;
        uint8_t *unseen = seg_image_row(&average->unseen, y);
        for (int32_t x = 0; x < width; x++) {
            unseen[x] = (left_out && left_out[x]) || (held && held[x]) ? 1 : 0;
            count += unseen[x];
        }
    }
    pass->admitted[band] = -count;
    return SEG_OK;
}

/* Runs over the rows that the pass is about, and counts the pixels seen for the first time. */
static seg_status run(seg_average_pass *pass, seg_band_function function, const seg_env *env) {
    const int32_t height = (pass->samples->grey.height + pass->step - 1) / pass->step;
    SEG_TRY(seg_run_bands(env, height, BAND_HEIGHT, function, pass));
    for (int32_t band = 0; band < seg_band_count(height, BAND_HEIGHT); band++)
        pass->average->unseen_count -= pass->admitted[band];
    return SEG_OK;
}

seg_status seg_average_start(seg_average *average, const seg_samples *samples,
                             const seg_image *held, seg_still *still) {
    const seg_env *env = &still->env;
    const seg_image *grey = &samples->grey;
    SEG_TRY(seg_image_reuse(&average->mean, grey->width, grey->height, SEG_U16, 1, env));
    SEG_TRY(make_pattern(average, grey->width, env));
    if (average->varies) {
        SEG_TRY(seg_image_reuse(&average->variance, grey->width, grey->height, SEG_F32, 1, env));
        seg_image_clear(&average->variance);
    }
    if (!seg_image_empty(&samples->left_out) || !seg_image_empty(held))
        SEG_TRY(seg_image_reuse(&average->unseen, grey->width, grey->height, SEG_U8, 1, env));
    seg_average_pass pass;
    SEG_TRY(seg_average_prepare(&pass, average, samples, still));
    pass.held = held;
    average->unseen_count = 0;
    return run(&pass, start_band, env);
}

/* ---- later frames ---- */

void seg_average_set_weight(seg_average_pass *pass, double weight, double share) {
    seg_average *average = pass->average;
    const double due = average->saved_rate + weight - average->saved_rate * weight;
    average->saved_rate = due < LEAST_RATE ? due : 0;
    pass->rate_background = pass->rate_foreground = 0;
    if (due < LEAST_RATE) return;
    const double slow = due * share;
    pass->rate_background = due * 65536 > 65535 ? 65535 : (uint16_t)(due * 65536 + 0.5);
    pass->rate_foreground = slow * 65536 > 65535 ? 65535 : (uint16_t)(slow * 65536 + 0.5);
    average->updates++;
}

/* Unseen pixels take their first value; all that were unseen go into `out`, as what is left out
 * anyway does. Returns how many took a value. */
static int32_t admit_row(uint8_t *out, uint16_t *mean, uint8_t *unseen, const uint16_t *value,
                         const uint8_t *left_out, const uint8_t *held, int32_t width) {
    int32_t admitted = 0;
    for (int32_t x = 0; x < width; x++) {
        out[x] = left_out && left_out[x] ? 255 : 0;
        if (!unseen[x]) continue;
        const bool learn = !out[x] && !(held && held[x]);
        out[x] = 255;
        if (!learn) continue;
        mean[x] = value[x];
        unseen[x] = 0;
        admitted++;
    }
    return admitted;
}

/* The level of each pixel, of which no difference is beyond the last. */
static void level_row(uint16_t *levels, const float *variance, const seg_average_pass *pass,
                      int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const float away = pass->deviations * sqrtf(variance[x]);
        const uint16_t level = away < 65535 ? (uint16_t)away : 65535;
        levels[x] = level > pass->level ? level : pass->level;
    }
}

/* Variances after a step of weight a: (1 - a) (v + a D^2), which is exact for the weights that the
 * mean gives its values (D. West, Comm. ACM 22(9), 1979). What is foreground says nothing of the
 * background's, but where it is learnt like background. */
static void vary_row(float *variance, const seg_model_row *row) {
    const float rate = (float)row->rate_background / 65536;
    const bool all = row->rate_foreground == row->rate_background;
    for (int32_t x = 0; x < row->width; x++) {
        const bool kept = (row->left_out && row->left_out[x]) || (row->held && row->held[x]) ||
                          (row->mask[x] && !all);
        const float difference = row->score[x];
        const float next = (1 - rate) * (variance[x] + rate * difference * difference);
        variance[x] = kept ? variance[x] : next;
    }
}

/* What was foreground for long enough begins anew. */
static void absorb_row(const seg_model_row *row, float *variance, const uint16_t *value,
                       const uint8_t *absorbed) {
    for (int32_t x = 0; x < row->width; x++) {
        if (!row->mask[x] || !absorbed[x] || (row->held && row->held[x])) continue;
        row->model[x] = value[x];
        if (variance) variance[x] = 0;
    }
}

static void set_dither(seg_model_row *row, const seg_average *average, int32_t y) {
    row->pattern = average->pattern;
    row->dither_offset = seg_dither_offset(average->updates, y);
    if (row->rate_background < 65535) return;
    row->pattern += average->pattern_width; /* all of the frame: see kernels/temporal.h */
    row->dither_offset = 65535;
}

static seg_status step_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const seg_average_pass *pass = argument;
    seg_average *average = pass->average;
    const seg_image *grey = &pass->samples->grey;
    uint16_t *values = (uint16_t *)(pass->rows + (size_t)worker * pass->row_size);
    uint16_t *levels = values + grey->width, *own_score = levels + grey->width;
    uint8_t *out = (uint8_t *)(own_score + grey->width), *own_mask = out + grey->width;
    pass->admitted[band] = 0;
    for (int32_t i = first; i < end; i++) {
        const int32_t y = i * pass->step;
        float *variance = optional_row(&average->variance, y);
        seg_model_row row = {
            .mask = pass->mask ? seg_image_row(pass->mask, y) : own_mask,
            .score = pass->score ? seg_image_row(pass->score, i)
                     : variance  ? own_score
                                 : NULL,
            .model = seg_image_row(&average->mean, y),
            .left_out = optional_row(&pass->samples->left_out, y),
            .held = optional_row(pass->held, y),
            .width = grey->width,
            .level = pass->level,
            .rate_background = pass->rate_background,
            .rate_foreground = pass->rate_foreground,
        };
        if (grey->format == SEG_U8)
            row.value_u8 = seg_image_row(grey, y);
        else
            row.value = full_scale_row(grey, y, values);
        if (average->unseen_count > 0) {
            pass->admitted[band] +=
                admit_row(out, row.model, seg_image_row(&average->unseen, y),
                          full_scale_row(grey, y, values), row.left_out, row.held, grey->width);
            if (pass->left_out) memcpy(seg_image_row(pass->left_out, i), out, (size_t)grey->width);
            row.left_out = out;
        }
        if (variance) {
            level_row(levels, variance, pass, grey->width);
            row.levels = levels;
        }
        set_dither(&row, average, y);
        pass->kernels->model_step(&row);
        if (variance && row.rate_background) vary_row(variance, &row);
        if (pass->absorbed)
            absorb_row(&row, variance, full_scale_row(grey, y, values),
                       seg_image_row(pass->absorbed, y));
    }
    return SEG_OK;
}

seg_status seg_average_run(seg_average_pass *pass, const seg_env *env) {
    return run(pass, step_band, env);
}

/* ---- the mean as a picture ---- */

typedef struct mean_copy {
    const seg_image *mean, *unseen;
    seg_image *picture;
} mean_copy;

/* A row of the mean in the depth of the frames. */
static void picture_row(seg_image *picture, const uint16_t *mean, const uint8_t *unseen,
                        int32_t y) {
    const int32_t width = picture->width;
    void *row = seg_image_row(picture, y);
    if (picture->format == SEG_U8) {
        uint8_t *target = row;
        for (int32_t x = 0; x < width; x++) /* mean * 255 / 65535, rounded: exact for all values */
            target[x] = (uint8_t)((mean[x] * 255u + 32895u) >> 16);
        for (int32_t x = 0; unseen && x < width; x++)
            target[x] = unseen[x] ? 0 : target[x];
        return;
    }
    uint16_t *target = row;
    const double scale = seg_image_full_scale(picture) / 65535.0;
    for (int32_t x = 0; x < width; x++)
        target[x] = unseen && unseen[x] ? 0 : (uint16_t)(mean[x] * scale + 0.5);
}

static seg_status picture_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const mean_copy *job = argument;
    for (int32_t y = first; y < end; y++)
        picture_row(job->picture, seg_image_row(job->mean, y), optional_row(job->unseen, y), y);
    return SEG_OK;
}

seg_status seg_average_picture(seg_image *picture, const seg_average *average,
                               const seg_samples *samples, const seg_env *env) {
    const seg_image *grey = &samples->grey;
    SEG_TRY(seg_image_reuse(picture, grey->width, grey->height, (seg_format)grey->format, 1, env));
    picture->bits = grey->bits;
    picture->colour = grey->colour;
    const bool partial = average->unseen_count > 0;
    mean_copy job = {&average->mean, partial ? &average->unseen : NULL, picture};
    return seg_run_bands(env, grey->height, BAND_HEIGHT, picture_band, &job);
}

/* ---- another view ---- */

static int64_t count_unseen(const seg_image *unseen) {
    int64_t count = 0;
    for (int32_t y = 0; y < unseen->height; y++) {
        const uint8_t *row = seg_image_row(unseen, y);
        for (int32_t x = 0; x < unseen->width; x++)
            count += row[x] != 0;
    }
    return count;
}

seg_status seg_average_move(seg_average *average, seg_grid *grid, const double from[9], size_t row,
                            seg_still *still) {
    const seg_image *all[] = {&average->mean, &average->variance, &average->unseen};
    const int32_t width = average->mean.width, height = average->mean.height;
    SEG_TRY(seg_image_reuse(&average->unseen, width, height, SEG_U8, 1, &still->env));
    if (average->unseen_count == 0) seg_image_clear(&average->unseen);
    for (int i = 0; i < 3; i++)
        if ((size_t)all[i]->stride > row) row = (size_t)all[i]->stride;
    seg_scratch_rewind(&still->scratch);
    SEG_TRY(seg_grid_make(grid, from, width, height, 0, row, &still->scratch));
    for (int i = 0; i < 3; i++)
        seg_grid_move_image(grid, all[i], all[i] == &average->unseen ? &(uint8_t){1} : NULL);
    average->unseen_count = count_unseen(&average->unseen);
    return SEG_OK;
}

/* ---- the mean in a blob ---- */

void seg_average_write(seg_blob_writer *writer, const seg_average *average) {
    const int32_t partial = average->unseen_count > 0;
    seg_blob_write_i64(writer, &average->updates, 1);
    seg_blob_write_f64(writer, &average->saved_rate, 1);
    seg_blob_write_i32(writer, &partial, 1);
    seg_blob_write_image(writer, &average->mean);
    seg_blob_write_image(writer, &average->variance);
    if (partial) seg_blob_write_image(writer, &average->unseen);
}

/* True if so many bytes are left as the pictures take: before memory is taken for them. */
static bool pictures_fit(const seg_blob_reader *reader, bool partial, bool varies) {
    const size_t pixel = sizeof(uint16_t) + (varies ? sizeof(float) : 0) + (partial ? 1 : 0);
    size_t pixels, bytes;
    return seg_size_multiply(&pixels, (size_t)reader->geometry.width,
                             (size_t)reader->geometry.height) &&
           seg_size_multiply(&bytes, pixels, pixel) && bytes == seg_blob_left(reader);
}

/* Every variance that can be; the reader takes care of what is no number. */
static seg_status read_variance(seg_average *average, seg_blob_reader *reader, const seg_env *env) {
    seg_image *variance = &average->variance;
    SEG_TRY(seg_image_alloc(variance, average->mean.width, average->mean.height, SEG_F32, 1, env));
    seg_blob_read_image(reader, variance);
    for (int32_t y = 0; y < variance->height; y++) {
        const float *row = seg_image_row(variance, y);
        for (int32_t x = 0; x < variance->width; x++)
            if (!(row[x] >= 0 && row[x] <= 65535.0f * 65535)) reader->failed = true;
    }
    return SEG_OK;
}

seg_status seg_average_read(seg_blob_reader *reader, seg_average *average, const seg_clock *clock,
                            const seg_env *env) {
    const int32_t width = reader->geometry.width, height = reader->geometry.height;
    seg_blob_read_i64(reader, &average->updates, 1);
    seg_blob_read_f64(reader, &average->saved_rate, 1);
    const bool partial = seg_blob_read_bounded(reader, 0, 1) == 1;
    if (average->updates < 0 || average->updates > clock->frames ||
        !(average->saved_rate >= 0 && average->saved_rate < LEAST_RATE) ||
        !pictures_fit(reader, partial, average->varies))
        return seg_fail(SEG_ERROR_DATA, "the model's content is impossible, ends early, or is that "
                                        "of a model with other options");
    SEG_TRY(seg_image_alloc(&average->mean, width, height, SEG_U16, 1, env));
    seg_blob_read_image(reader, &average->mean);
    if (average->varies) SEG_TRY(read_variance(average, reader, env));
    if (partial) {
        SEG_TRY(seg_image_alloc(&average->unseen, width, height, SEG_U8, 1, env));
        seg_blob_read_image(reader, &average->unseen);
        average->unseen_count = count_unseen(&average->unseen);
    }
    SEG_TRY(seg_blob_finish(reader));
    return make_pattern(average, width, env);
}
