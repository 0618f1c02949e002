/*
 * Inverse-mapped warps, a block of a row at a time: kernels say where its pixels come from, and
 * fetch them where all that they need lies inside the source. Pixels at the border are fetched from
 * a patch of a few pixels that is laid out by the border's rule, by the same kernels.
 */
#include "imgproc/warp_job.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/rows.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define PATCH 8                /* columns and rows of a patch, at most */
#define LONGEST_SIDE (1 << 19) /* places have 2^20 pixels to either side, with their sums */
#define TALL 128               /* rows of a band of upright sources, whose columns are made once */

seg_warp seg_warp_identity(void) {
    return (seg_warp){.matrix = {1, 0, 0, 0, 1, 0, 0, 0, 1}, .filter = SEG_WARP_BILINEAR};
}

/* product = T(1/2) * m * T(-1/2), or the other way round. */
static void shift_matrix(double product[9], const double m[9], double by) {
    for (int row = 0; row < 3; row++) {
        const double a = m[3 * row], b = m[3 * row + 1], c = m[3 * row + 2];
        product[3 * row] = a;
        product[3 * row + 1] = b;
        product[3 * row + 2] = c - by * (a + b);
    }
    for (int column = 0; column < 3; column++) {
        product[column] += by * product[6 + column];
        product[3 + column] += by * product[6 + column];
    }
}

void seg_warp_matrix_from_centres(double matrix[9], const double centres[9]) {
    shift_matrix(matrix, centres, 0.5);
}

int64_t seg_border_place(int64_t i, int64_t n, seg_border border) {
    if (i >= 0 && i < n) return i;
    switch (border) {
    case SEG_BORDER_CONSTANT:
        return -1;
    case SEG_BORDER_REPLICATE:
        return i < 0 ? 0 : n - 1;
    case SEG_BORDER_WRAP:
        return i % n < 0 ? i % n + n : i % n;
    default:
        break;
    }
    if (n == 1) return 0;
    const int64_t period = 2 * (n - 1);
    i %= period;
    if (i < 0) i += period;
    return i < n ? i : period - i;
}

/* ---- borders ---- */

/* True if no tap lies inside, so that all is fill. */
static bool lies_beyond(const warp_job *job, int32_t x, int32_t y) {
    const int32_t left = (x >> SEG_WARP_SHIFT) - job->before;
    const int32_t top = (y >> SEG_WARP_SHIFT) - job->before;
    return job->warp->border == SEG_BORDER_CONSTANT &&
           (left >= job->source->width || top >= job->source->height || left + job->taps <= 0 ||
            top + job->taps <= 0);
}

static void fill_pixels(const warp_job *job, uint8_t *target, size_t count) {
    if (job->flat) {
        memset(target, job->fill[0], count * job->pixel);
        return;
    }
    for (size_t i = 0; i < count; i++)
        memcpy(target + i * job->pixel, job->fill, job->pixel);
}

/* One pixel of which some taps lie inside, or that is no fill. */
static void sample_border(const warp_job *job, uint8_t *target, int32_t x, int32_t y) {
    const seg_image *source = job->source;
    const int32_t left = (x >> SEG_WARP_SHIFT) - job->before;
    const int32_t top = (y >> SEG_WARP_SHIFT) - job->before;
    const seg_border border = job->warp->border;
    uint8_t pixels[PATCH * PATCH * SEG_WARP_PIXEL] = {0};
    seg_image patch = *source;
    patch.data = pixels;
    patch.stride = (ptrdiff_t)(PATCH * job->pixel);
    patch.width = patch.height = PATCH;
    for (int32_t k = 0; k < job->taps; k++) {
        const int64_t row = seg_border_place((int64_t)top + k, source->height, border);
        for (int32_t l = 0; l < job->taps; l++) {
            const int64_t column = seg_border_place((int64_t)left + l, source->width, border);
            const uint8_t *from = row < 0 || column < 0
                                      ? job->fill
                                      : (const uint8_t *)seg_image_row(source, (int32_t)row) +
                                            (size_t)column * job->pixel;
            memcpy(pixels + ((size_t)k * PATCH + (size_t)l) * job->pixel, from, job->pixel);
        }
    }
    const int32_t fraction = SEG_WARP_ONE - 1, start = job->before << SEG_WARP_SHIFT;
    const int32_t at_x = start | (x & fraction), at_y = start | (y & fraction);
    job->sample(target, &patch, &at_x, &at_y, 1);
}

/* Where all taps of a place lie inside. */
typedef struct interior {
    int32_t least, width, height; /* 1/1024 pixel */
} interior;

static bool lies_inside(const interior *in, int32_t x, int32_t y) {
    return (uint32_t)x - (uint32_t)in->least < (uint32_t)in->width &&
           (uint32_t)y - (uint32_t)in->least < (uint32_t)in->height;
}

/* Places go one way, both of them: they come in but once, and leave but once. */
static bool is_line(const warp_job *job) {
    return job->affine && !job->warp->field;
}

/* The first place behind i, which lies inside, that does not. */
static int32_t end_of_inside(const warp_job *job, const interior *in, const int32_t *x,
                             const int32_t *y, int32_t i, int32_t count) {
    if (!is_line(job)) {
        while (i < count && lies_inside(in, x[i], y[i]))
            i++;
        return i;
    }
    for (int32_t end = count; i < end;) {
        const int32_t middle = i + (end - i) / 2;
        if (lies_inside(in, x[middle], y[middle]))
            i = middle + 1;
        else
            count = end = middle;
    }
    return count;
}

/* Fetches pixels of one kind, inside or not, from place to place. */
static void sample_mixed(const warp_job *job, uint8_t *target, const int32_t *x, const int32_t *y,
                         int32_t count, const interior *in) {
    int32_t i = 0;
    while (i < count) {
        const int32_t first = i;
        if (lies_inside(in, x[i], y[i])) {
            i = end_of_inside(job, in, x, y, i, count);
            job->sample(target + (size_t)first * job->pixel, job->source, x + first, y + first,
                        (size_t)(i - first));
            continue;
        }
        while (i < count && lies_beyond(job, x[i], y[i]))
            i++;
        fill_pixels(job, target + (size_t)first * job->pixel, (size_t)(i - first));
        if (i > first) continue;
        sample_border(job, target + (size_t)i * job->pixel, x[i], y[i]);
        i++;
    }
}

static bool all_inside(const warp_job *job, const int32_t *x, const int32_t *y, int32_t count,
                       const interior *in) {
    if (is_line(job))
        return lies_inside(in, x[0], y[0]) && lies_inside(in, x[count - 1], y[count - 1]);
    return in->least == 0 && job->kernels->inside(x, y, (size_t)count, in->width, in->height) == 1;
}

static void sample_block(const warp_job *job, uint8_t *target, const int32_t *x, const int32_t *y,
                         int32_t count) {
    const seg_image *source = job->source;
    const int32_t slack = job->taps == 1 ? 0 : SEG_WARP_SLACK;
    const int32_t columns = source->width - job->taps + 1 - slack;
    const int32_t rows = source->height - job->taps + 1;
    interior in = {0};
    if (columns > 0 && rows > 0)
        in = (interior){job->before << SEG_WARP_SHIFT, columns << SEG_WARP_SHIFT,
                        rows << SEG_WARP_SHIFT};
    if (all_inside(job, x, y, count, &in))
        job->sample(target, source, x, y, (size_t)count);
    else
        sample_mixed(job, target, x, y, count, &in);
}

/* ---- rows ---- */

static int32_t to_place(double value) {
    const double low = value > -SEG_WARP_FURTHEST ? value : -SEG_WARP_FURTHEST;
    return (int32_t)rint(low < SEG_WARP_FURTHEST ? low : SEG_WARP_FURTHEST);
}

void seg_warp_place(const warp_job *job, int32_t *x, int32_t *y, int32_t first, int32_t row,
                    int32_t count, double shift_x, double shift_y) {
    const double *m = job->matrix, down = row + shift_y;
    double at[3];
    for (int k = 0; k < 3; k++)
        at[k] = m[3 * k + 1] * down + m[3 * k + 2] + m[3 * k] * shift_x;
    if (job->affine) {
        job->kernels->place_line(x, to_place(at[0]) + job->half, m[0], first, (size_t)count);
        job->kernels->place_line(y, to_place(at[1]) + job->half, m[3], first, (size_t)count);
    } else {
        const double step[3] = {m[0], m[3], m[6]};
        job->kernels->place_projective(x, y, at, step, job->half, first, (size_t)count);
    }
    if (job->warp->field)
        job->kernels->displace(
            x, y, (const float *)seg_image_row(job->warp->field, row) + 2 * (size_t)first,
            (size_t)count);
}

/* Adds the samples of a block to sums, or takes the mean of `parts` of them. */
static void add_samples(float *sums, const uint8_t *samples, int32_t format, size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] += format == SEG_U8    ? (float)samples[i]
                   : format == SEG_U16 ? (float)((const uint16_t *)(const void *)samples)[i]
                                       : ((const float *)(const void *)samples)[i];
}

static void take_means(uint8_t *target, const float *sums, int32_t format, size_t count,
                       float parts) {
    for (size_t i = 0; i < count; i++) {
        const float mean = sums[i] / parts;
        if (format == SEG_U8)
            target[i] = (uint8_t)(mean + 0.5f);
        else if (format == SEG_U16)
            ((uint16_t *)(void *)target)[i] = (uint16_t)(mean + 0.5f);
        else
            ((float *)(void *)target)[i] = mean >= -FLT_MAX && mean <= FLT_MAX ? mean : 0;
    }
}

/* A block whose pixels are means of across x down places each. */
static void area_block(const warp_job *job, uint8_t *target, int32_t first, int32_t row,
                       int32_t count) {
    int32_t x[SEG_WARP_BLOCK], y[SEG_WARP_BLOCK];
    float sums[4 * SEG_WARP_BLOCK] = {0};
    _Alignas(16) uint8_t samples[SEG_WARP_PIXEL * SEG_WARP_BLOCK];
    const size_t values = (size_t)count * job->source->channels;
    for (int32_t k = 0; k < job->down; k++)
        for (int32_t l = 0; l < job->across; l++) {
            seg_warp_place(job, x, y, first, row, count, (l + 0.5) / job->across - 0.5,
                           (k + 0.5) / job->down - 0.5);
            sample_block(job, samples, x, y, count);
            add_samples(sums, samples, job->source->format, values);
        }
    take_means(target, sums, job->source->format, values, (float)(job->across * job->down));
}

void seg_warp_part(const warp_job *job, uint8_t *target, int32_t first, int32_t row,
                   int32_t count) {
    enum { AT_ONCE = 256 };
    const bool areas = job->across * job->down > 1;
    const int32_t most = areas ? SEG_WARP_BLOCK : AT_ONCE;
    int32_t x[AT_ONCE], y[AT_ONCE];
    for (; count > 0; first += most, count -= most) {
        const int32_t some = count < most ? count : most;
        if (areas) {
            area_block(job, target, first, row, some);
        } else {
            seg_warp_place(job, x, y, first, row, some, 0, 0);
            sample_block(job, target, x, y, some);
        }
        target += (size_t)some * job->pixel;
    }
}

/* Pixels that lie side by side in the source, too, along a row or a column. False: not all of them
 * do. */
static bool move_line(const warp_job *job, uint8_t *target, int32_t first, int32_t row,
                      int32_t count) {
    const seg_image *source = job->source;
    const int32_t dx = (int32_t)job->matrix[0] / SEG_WARP_ONE,
                  dy = (int32_t)job->matrix[3] / SEG_WARP_ONE;
    int32_t x, y;
    seg_warp_place(job, &x, &y, first, row, 1, 0, 0);
    x >>= SEG_WARP_SHIFT;
    y >>= SEG_WARP_SHIFT;
    const int32_t last_x = x + dx * (count - 1), last_y = y + dy * (count - 1);
    if (x < 0 || x >= source->width || y < 0 || y >= source->height || last_x < 0 ||
        last_x >= source->width || last_y < 0 || last_y >= source->height)
        return false;
    const uint8_t *from = (const uint8_t *)seg_image_row(source, y) + (size_t)x * job->pixel;
    if (dx == 1)
        memcpy(target, from, (size_t)count * job->pixel);
    else
        job->kernels->line(target, from, dx * (ptrdiff_t)job->pixel + dy * source->stride,
                           (size_t)count, job->pixel);
    return true;
}

/* Rows of a source whose pixels move as a whole. Those of columns come in blocks, whose lines of
 * the cache serve the next rows. */
static void move_band(const warp_job *job, int32_t first, int32_t end) {
    const int32_t width = job->target->width;
    const int32_t part = job->matrix[3] != 0 && width > SEG_WARP_BLOCK ? SEG_WARP_BLOCK : width;
    for (int32_t from = 0; from < width; from += part) {
        const int32_t count = width - from < part ? width - from : part;
        for (int32_t row = first; row < end; row++) {
            uint8_t *target = seg_image_row(job->target, row);
            if (move_line(job, target + (size_t)from * job->pixel, from, row, count)) continue;
            for (int32_t at = from; at < from + count; at += SEG_WARP_BLOCK) {
                const int32_t left = from + count - at,
                              some = left < SEG_WARP_BLOCK ? left : SEG_WARP_BLOCK;
                uint8_t *pixels = target + (size_t)at * job->pixel;
                if (!move_line(job, pixels, at, row, some))
                    seg_warp_part(job, pixels, at, row, some);
            }
        }
    }
}

static seg_status warp_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const warp_job *job = argument;
    const bool areas = job->across * job->down > 1;
    if (job->moves) {
        move_band(job, first, end);
        return SEG_OK;
    }
    if (job->upright && job->source->format == SEG_U8 && (areas || job->taps == 2)) {
        (areas ? seg_warp_upright_areas : seg_warp_upright_bilinear)(job, first, end);
        return SEG_OK;
    }
    for (int32_t row = first; row < end; row++)
        seg_warp_part(job, seg_image_row(job->target, row), 0, row, job->target->width);
    return SEG_OK;
}

/* ---- what is asked for ---- */

static seg_status check_warp(const seg_image *target, const seg_image *source,
                             const seg_warp *warp) {
    if (!warp) return seg_fail(SEG_ERROR_ARGUMENT, "warp is missing (NULL)");
    const uint32_t formats = SEG_ANY_PICTURE | SEG_FORMAT_BIT(SEG_LABEL32);
    SEG_TRY(seg_check_image(source, "source", formats, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_image(target, "target", formats, SEG_CHANNELS_ANY));
    if (target->format != source->format || target->channels != source->channels)
        return seg_fail(SEG_ERROR_SHAPE,
                        "target has format %d and %d channels, source format %d and %d channels "
                        "(must be equal)",
                        target->format, target->channels, source->format, source->channels);
    SEG_TRY(seg_check_apart(target, "target", source, "source"));
    if (source->format == SEG_LABEL32 && warp->filter != SEG_WARP_NEAREST)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "labels cannot be mixed (the filter must be nearest)");
    if (source->width >= LONGEST_SIDE || source->height >= LONGEST_SIDE)
        return seg_fail(SEG_ERROR_LIMIT, "source is %ld x %ld (a side may have at most %d pixels)",
                        (long)source->width, (long)source->height, LONGEST_SIDE - 1);
    for (int i = 0; i < 9; i++)
        if (!isfinite(warp->matrix[i]))
            return seg_fail(SEG_ERROR_ARGUMENT, "matrix[%d] is not finite", i);
    if (!warp->field) return SEG_OK;
    SEG_TRY(seg_check_image(warp->field, "field", SEG_FORMAT_BIT(SEG_F32), 1u << 2));
    if (warp->field->width != target->width || warp->field->height != target->height)
        return seg_fail(SEG_ERROR_SHAPE, "field is %ld x %ld, target %ld x %ld (must be equal)",
                        (long)warp->field->width, (long)warp->field->height, (long)target->width,
                        (long)target->height);
    return SEG_OK;
}

static void set_fill(warp_job *job) {
    const double full = seg_image_full_scale(job->source);
    for (int c = 0; c < job->source->channels; c++) {
        const double value = job->warp->fill[c];
        const double cut = value > 0 ? value < full ? value : full : 0;
        if (job->source->format == SEG_U8) {
            job->fill[c] = (uint8_t)(cut + 0.5);
        } else if (job->source->format == SEG_U16) {
            const uint16_t sample = (uint16_t)(cut + 0.5);
            memcpy(job->fill + 2 * c, &sample, sizeof sample);
        } else if (job->source->format == SEG_F32) {
            const float sample = (float)value;
            memcpy(job->fill + 4 * c, &sample, sizeof sample);
        } else {
            const int32_t sample = (int32_t)cut;
            memcpy(job->fill + 4 * c, &sample, sizeof sample);
        }
    }
}

/* Places of the source that a step of one target pixel passes at the middle, along one axis. */
static int32_t finest(const warp_job *job, int axis) {
    const double *m = job->warp->matrix;
    const double x = job->target->width / 2.0, y = job->target->height / 2.0;
    const double w = m[6] * x + m[7] * y + m[8];
    const double u = (m[0] * x + m[1] * y + m[2]) / w, v = (m[3] * x + m[4] * y + m[5]) / w;
    const double du = (m[axis] - u * m[6 + axis]) / w, dv = (m[3 + axis] - v * m[6 + axis]) / w;
    const double step = sqrt(du * du + dv * dv) - 1e-6;
    return step > SEG_WARP_FINEST - 1 ? SEG_WARP_FINEST : step > 1 ? (int32_t)ceil(step) : 1;
}

static void set_filter(warp_job *job) {
    seg_warp_filter filter = job->warp->filter;
    job->across = job->down = 1;
    if (filter == SEG_WARP_AREA) {
        job->across = finest(job, 0);
        job->down = finest(job, 1);
        filter = job->across * job->down > 1 ? SEG_WARP_NEAREST : SEG_WARP_BILINEAR;
    }
    job->before = filter == SEG_WARP_BICUBIC;
    job->taps = filter == SEG_WARP_NEAREST ? 1 : filter == SEG_WARP_BILINEAR ? 2 : 4;
    job->sample = filter == SEG_WARP_NEAREST    ? job->kernels->nearest
                  : filter == SEG_WARP_BILINEAR ? job->kernels->bilinear
                                                : job->kernels->bicubic;
    job->half = filter == SEG_WARP_NEAREST ? SEG_WARP_HALF_PIXEL : 0;
    if (filter == SEG_WARP_BILINEAR && job->source->format != SEG_F32)
        job->half = job->source->format == SEG_U8 ? SEG_WARP_HALF_U8 : SEG_WARP_HALF_U16;
}

static void set_matrix(warp_job *job) {
    shift_matrix(job->matrix, job->warp->matrix, -0.5);
    const double *m = job->matrix;
    job->affine = m[6] == 0 && m[7] == 0 && m[8] != 0;
    const double unit = job->affine ? SEG_WARP_ONE / m[8] : SEG_WARP_ONE;
    for (int i = 0; i < 6; i++)
        job->matrix[i] *= unit;
    job->upright = job->affine && !job->warp->field && m[1] == 0 && m[3] == 0;
    const double x = fabs(job->matrix[0]), y = fabs(job->matrix[3]);
    job->moves = job->affine && !job->warp->field && job->taps == 1 &&
                 job->across * job->down == 1 &&
                 ((x == SEG_WARP_ONE && y == 0) || (x == 0 && y == SEG_WARP_ONE));
}

seg_status seg_warp_apply(const seg_image *target, const seg_image *source, const seg_warp *warp,
                          const seg_env *env) {
    SEG_TRY(check_warp(target, source, warp));
    warp_job job = {.target = target,
                    .source = source,
                    .warp = warp,
                    .kernels = seg_warp_kernels_get(),
                    .pixel = seg_format_size((seg_format)source->format) * source->channels};
    set_fill(&job);
    job.flat = true;
    for (size_t i = 1; i < job.pixel; i++)
        job.flat &= job.fill[i] == job.fill[0];
    set_filter(&job);
    set_matrix(&job);
    const int32_t rows = seg_point_rows(target);
    return seg_run_bands(env, target->height, job.upright && rows < TALL ? TALL : rows, warp_band,
                         &job);
}
