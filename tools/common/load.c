#include "common/load.h"
#include "common/messages.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

void failure_note(failure *why, seg_status status) {
    snprintf(why->reason, sizeof why->reason, "%s", message_reason(status));
}

/* What is taken in a role: formats and channels as bits. */
typedef struct wanted {
    uint32_t formats, channels;
} wanted;

static wanted wanted_of(const seg_metric *metric, picture_role role) {
    switch (role) {
    case ROLE_PREDICTION:
        return (wanted){metric->prediction_formats, metric->prediction_channels};
    case ROLE_TRUTH:
        return (wanted){metric->truth_formats, metric->truth_channels};
    case ROLE_IGNORE:
    case ROLE_REGION:
        return (wanted){SEG_FORMAT_BIT(SEG_U8), 1u << 1};
    default:
        return (wanted){SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16) | SEG_FORMAT_BIT(SEG_F32),
                        1u << 1 | 1u << 2 | 1u << 3 | 1u << 4};
    }
}

static bool takes(const wanted *what, seg_format format) {
    return what->formats & SEG_FORMAT_BIT(format);
}

static bool takes_channels(const wanted *what, int32_t count) {
    return what->channels >> count & 1;
}

static bool fits(const wanted *what, const seg_image *picture) {
    return takes(what, (seg_format)picture->format) && takes_channels(what, picture->channels);
}

/* A new picture of the size of `like`. */
static seg_status make(seg_image *made, const seg_image *like, seg_format format, int channels,
                       const seg_env *env) {
    *made = (seg_image){0};
    seg_status status = seg_image_alloc(made, like->width, like->height, format, channels, env);
    if (status >= 0 && format == (seg_format)like->format) made->bits = like->bits;
    return status;
}

static void replace(seg_image *picture, seg_image *by) {
    seg_image_unref(picture);
    *picture = *by;
}

/* ---- channels ---- */

/* The first `count` channels. */
static seg_status keep_channels(seg_image *picture, int count, const seg_env *env) {
    seg_image made;
    const size_t size = seg_format_size((seg_format)picture->format);
    const size_t step = size * picture->channels, kept = size * (size_t)count;
    seg_status status = make(&made, picture, (seg_format)picture->format, count, env);
    if (status < 0) return status;
    for (int32_t y = 0; y < picture->height; y++) {
        const char *from = seg_image_row(picture, y);
        char *to = seg_image_row(&made, y);
        for (int32_t x = 0; x < picture->width; x++, from += step, to += kept)
            memcpy(to, from, kept);
    }
    made.colour = count < 3 ? SEG_COLOUR_GREY : SEG_COLOUR_RGB;
    replace(picture, &made);
    return SEG_OK;
}

/* True if the three channels are one and the same. */
static bool is_grey(const seg_image *picture) {
    const size_t size = seg_format_size((seg_format)picture->format), step = 3 * size;
    for (int32_t y = 0; y < picture->height; y++) {
        const char *at = seg_image_row(picture, y);
        for (int32_t x = 0; x < picture->width; x++, at += step)
            if (memcmp(at, at + size, size) || memcmp(at, at + 2 * size, size)) return false;
    }
    return true;
}

/* ---- labels ---- */

static seg_status labels_of_colours(seg_image *picture, const seg_env *env) {
    seg_image made;
    seg_status status = make(&made, picture, SEG_LABEL32, 1, env);
    if (status < 0) return status;
    for (int32_t y = 0; y < picture->height; y++) {
        const uint8_t *from = seg_image_row(picture, y);
        int32_t *to = seg_image_row(&made, y);
        for (int32_t x = 0; x < picture->width; x++, from += 3)
            to[x] = from[0] | from[1] << 8 | from[2] << 16;
    }
    replace(picture, &made);
    return SEG_OK;
}

/* True if every sample is a whole number that a label can be. */
static bool is_whole(const seg_image *picture) {
    for (int32_t y = 0; y < picture->height; y++) {
        const float *row = seg_image_row(picture, y);
        for (int32_t x = 0; x < picture->width; x++)
            if (!(row[x] >= 0 && row[x] < 2147483648.0f && row[x] == floorf(row[x]))) return false;
    }
    return true;
}

static seg_status labels_of_grey(seg_image *picture, const seg_env *env) {
    seg_image made;
    if (picture->format == SEG_F32 && !is_whole(picture)) return SEG_OK;
    seg_status status = make(&made, picture, SEG_LABEL32, 1, env);
    if (status < 0) return status;
    for (int32_t y = 0; y < picture->height; y++) {
        const void *from = seg_image_row(picture, y);
        int32_t *to = seg_image_row(&made, y);
        for (int32_t x = 0; x < picture->width; x++)
            to[x] = picture->format == SEG_U8    ? ((const uint8_t *)from)[x]
                    : picture->format == SEG_U16 ? ((const uint16_t *)from)[x]
                                                 : (int32_t)((const float *)from)[x];
    }
    replace(picture, &made);
    return SEG_OK;
}

/* ---- masks ---- */

static double sample(const seg_image *picture, const void *row, int32_t index) {
    switch (picture->format) {
    case SEG_U8:
        return ((const uint8_t *)row)[index];
    case SEG_U16:
        return ((const uint16_t *)row)[index];
    case SEG_F32:
        return (double)((const float *)row)[index];
    default:
        return ((const int32_t *)row)[index];
    }
}

/* 255 where nothing is scored: any colour sample is not zero, or none is above half of full
 * scale. */
static seg_status ignore_mask(seg_image *picture, picture_role role, const seg_env *env) {
    seg_image made;
    const int32_t channels = picture->channels, colours = channels < 3 ? 1 : 3;
    const double level = role == ROLE_REGION ? seg_image_full_scale(picture) / 2 : 0;
    seg_status status = make(&made, picture, SEG_U8, 1, env);
    if (status < 0) return status;
    for (int32_t y = 0; y < picture->height; y++) {
        const void *from = seg_image_row(picture, y);
        uint8_t *to = seg_image_row(&made, y);
        for (int32_t x = 0; x < picture->width; x++) {
            bool above = false;
            for (int32_t c = 0; c < colours; c++)
                above = above || sample(picture, from, x * channels + c) > level;
            to[x] = above == (role == ROLE_IGNORE) ? 255 : 0;
        }
    }
    replace(picture, &made);
    return SEG_OK;
}

/* ---- flow ---- */

/* KITTI: red and green are 64 u + 2^15 and 64 v + 2^15, blue is 0 where the flow is unknown. */
static seg_status flow_of_colours(seg_image *picture, const seg_env *env) {
    seg_image made;
    seg_status status = make(&made, picture, SEG_F32, 2, env);
    if (status < 0) return status;
    for (int32_t y = 0; y < picture->height; y++) {
        const uint16_t *from = seg_image_row(picture, y);
        float *to = seg_image_row(&made, y);
        for (int32_t x = 0; x < picture->width; x++, from += 3, to += 2)
            for (int i = 0; i < 2; i++)
                to[i] = from[2] ? ((float)from[i] - 32768) / 64 : FLOW_UNKNOWN;
    }
    made.colour = SEG_COLOUR_DATA;
    replace(picture, &made);
    return SEG_OK;
}

/* ---- the whole ---- */

static seg_status fit(seg_image *picture, const wanted *what, picture_role role,
                      const seg_env *env) {
    seg_status status = SEG_OK;
    if (role == ROLE_REGION || (role == ROLE_IGNORE && !fits(what, picture)))
        return ignore_mask(picture, role, env);
    if (fits(what, picture)) return SEG_OK;
    const bool alpha = picture->channels == 2 || picture->channels == 4;
    if (alpha && !takes_channels(what, picture->channels) && picture->format != SEG_F32)
        status = keep_channels(picture, picture->channels - 1, env);
    if (status < 0 || fits(what, picture)) return status;
    if (picture->channels == 3 && picture->format == SEG_U16 && takes(what, SEG_F32) &&
        takes_channels(what, 2))
        return flow_of_colours(picture, env);
    if (picture->channels == 3 && takes_channels(what, 1) && is_grey(picture))
        status = keep_channels(picture, 1, env);
    if (status < 0 || fits(what, picture)) return status;
    /* Where floats are taken samples are scores, not labels. */
    if (!takes(what, SEG_LABEL32) || takes(what, SEG_F32)) return SEG_OK;
    if (picture->channels == 3 && picture->format == SEG_U8) return labels_of_colours(picture, env);
    if (picture->channels == 1) return labels_of_grey(picture, env);
    return SEG_OK;
}

bool picture_fit(seg_image *picture, const seg_metric *metric, picture_role role,
                 const seg_env *env, failure *why) {
    const wanted what = wanted_of(metric, role);
    seg_status status = fit(picture, &what, role, env);
    if (status < 0) {
        failure_note(why, status);
        return false;
    }
    const bool labels = takes(&what, SEG_LABEL32) && !takes(&what, SEG_F32);
    if (!labels || picture->format != SEG_F32 || picture->channels != 1) return true;
    snprintf(why->reason, sizeof why->reason,
             "holds scores, numbers that are not whole; %s takes labels%s", metric->id,
             metric->needs & SEG_METRIC_LEVELS
                 ? " (the metric ucm takes contour maps, --levels several label pictures NAME_1, "
                   "NAME_2, ...)"
                 : "");
    return false;
}

bool picture_read_fitted(seg_image *picture, const char *path, const seg_metric *metric,
                         picture_role role, bool colours, const seg_env *env, failure *why) {
    seg_picture_info info;
    seg_picture_read_options options;
    seg_picture_read_options_init(&options);
    options.indices = !colours && (role == ROLE_PREDICTION || role == ROLE_TRUTH);
    seg_status status = seg_picture_read(picture, &info, path, &options, env);
    if (status < 0) {
        failure_note(why, status);
        return false;
    }
    if (info.warning[0]) message_warning(path, "%s", info.warning);
    return picture_fit(picture, metric, role, env, why);
}
