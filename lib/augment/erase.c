/*
 * Erasing: parts of the picture are hidden. What is hidden is a picture of its own (255 = hidden),
 * by which the pixels are filled and the objects' shares that are still seen are counted; masks and
 * boxes stay, since the object is still there, but objects of which too little is seen are dropped.
 */
#include "augment/regions.h"
#include "augmentations.h"
#include "core/math.h"

#include <math.h>
#include <string.h>

/* ---- hiding ---- */

seg_status seg_hide_fill(seg_augment_step *step, const seg_image *hidden, double value,
                         bool noise) {
    seg_image target;
    const seg_image source = step->sample->picture;
    const size_t pixel = seg_format_size((seg_format)source.format) * source.channels;
    const double full = seg_image_full_scale(&source);
    const uint64_t seed = noise ? seg_draw_seed(step) : 0;
    SEG_TRY(
        seg_augment_picture(&target, step, SEG_ROOM_PICTURE, source.width, source.height, &source));
    for (int32_t y = 0; y < source.height; y++) {
        uint8_t *out = seg_image_row(&target, y);
        const uint8_t *hide = seg_image_row(hidden, y);
        const seg_random stream = seg_random_stream(seed, (uint64_t)y, 0);
        memcpy(out, seg_image_row(&source, y), (size_t)source.width * pixel);
        for (int32_t x = 0, end; x < source.width; x = end) {
            end = x + 1;
            if (!hide[x]) {
                const uint8_t *next = memchr(hide + x, 255, (size_t)(source.width - x));
                end = next ? (int32_t)(next - hide) : source.width;
                continue;
            }
            while (end < source.width && hide[end])
                end++;
            const size_t first = (size_t)x * source.channels, last = (size_t)end * source.channels;
            if (source.format == SEG_U8 && !noise) {
                memset(out + first, (int)(value + 0.5), last - first);
                continue;
            }
            for (size_t i = first; i < last; i++) {
                const double level =
                    (noise ? seg_random_unit(&stream, (uint32_t)i) : value / 255) * full;
                if (source.format == SEG_U8)
                    out[i] = (uint8_t)(level + 0.5);
                else if (source.format == SEG_U16)
                    ((uint16_t *)(void *)out)[i] = (uint16_t)(level + 0.5);
                else
                    ((float *)(void *)out)[i] = (float)level;
            }
        }
    }
    step->sample->picture = target;
    return seg_augment_hide(step, hidden, false);
}

seg_status seg_hide_nothing(seg_image *hidden, seg_augment_step *step) {
    const seg_image *picture = &step->sample->picture;
    SEG_TRY(seg_step_picture(hidden, step, picture->width, picture->height, SEG_U8, 1));
    for (int32_t y = 0; y < hidden->height; y++)
        memset(seg_image_row(hidden, y), 0, (size_t)hidden->width);
    return SEG_OK;
}

void seg_hide_rect(const seg_image *hidden, int64_t x, int64_t y, int64_t end, int64_t bottom) {
    x = x > 0 ? x : 0;
    y = y > 0 ? y : 0;
    end = end < hidden->width ? end : hidden->width;
    bottom = bottom < hidden->height ? bottom : hidden->height;
    for (; y < bottom && x < end; y++)
        memset((uint8_t *)seg_image_row(hidden, (int32_t)y) + x, 255, (size_t)(end - x));
}

/* ---- options ---- */

const char *const seg_fill_names[] = {"value", "noise", NULL};

typedef struct erase_options {
    size_t size;
    double p, part, low, high, ratio, value, hidden, keep;
    int32_t count, cells, smallest, largest, fill;
    double turn;
} erase_options;

#define AT(name) offsetof(erase_options, name)
#define VALUE_ROW                                                                                  \
    {                                                                                              \
        "value", SEG_PARAM_FLOAT, AT(value), "0", 0, 255, NULL, "8-bit level",                     \
            "fills what is hidden", ""                                                             \
    }
#define FILL_ROW                                                                                   \
    { "fill", SEG_PARAM_ENUM, AT(fill), "value", 0, 1, seg_fill_names, "", "a level, or noise", "" }

static seg_status finish(seg_augment_step *step, const seg_image *hidden) {
    const erase_options *o = step->options;
    return seg_hide_fill(step, hidden, o->value, o->fill == 1);
}

/* ---- cutout ---- */

static const seg_param cutout_rows[] = {
    {"size", SEG_PARAM_FLOAT, AT(part), "0.25", 0, 1, NULL, "",
     "side of the square, as a share of the picture's smaller one", ""},
    {"count", SEG_PARAM_INT, AT(count), "1", 1, 1000, NULL, "", "of squares", ""},
    VALUE_ROW,
    FILL_ROW,
    SEG_AUGMENT_P(erase_options, "0.5"),
};
SEG_AUGMENT_TABLE(cutout_table, cutout_rows, erase_options);

static seg_status cutout(seg_augment_step *step) {
    const erase_options *o = step->options;
    seg_image hidden;
    SEG_TRY(seg_hide_nothing(&hidden, step));
    const int32_t least = hidden.width < hidden.height ? hidden.width : hidden.height;
    const int32_t side = (int32_t)rint(o->part * least);
    for (int32_t i = 0; i < o->count; i++) {
        /* the centre lies anywhere: the square may reach over the border, as in the paper */
        const int32_t x = seg_draw_below(step, hidden.width),
                      y = seg_draw_below(step, hidden.height);
        seg_hide_rect(&hidden, x - side / 2, y - side / 2, x - side / 2 + side,
                      y - side / 2 + side);
        SEG_TRY(seg_augment_decide(step, "x", x));
        SEG_TRY(seg_augment_decide(step, "y", y));
    }
    return finish(step, &hidden);
}

/* ---- random erasing ---- */

static const seg_param random_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.02", 0, 1, NULL, "",
     "the rectangle's share of the picture is uniform in low .. high", "s_l"},
    {"high", SEG_PARAM_FLOAT, AT(high), "0.4", 0, 1, NULL, "", "largest share", "s_h"},
    {"ratio", SEG_PARAM_FLOAT, AT(ratio), "3.3333333333333335", 1, 100, NULL, "",
     "height over width is within 1/ratio .. ratio, uniform in its logarithm", "r_1"},
    VALUE_ROW,
    {"fill", SEG_PARAM_ENUM, AT(fill), "noise", 0, 1, seg_fill_names, "", "a level, or noise", ""},
    SEG_AUGMENT_P(erase_options, "0.5"),
};
SEG_AUGMENT_TABLE(random_table, random_rows, erase_options);

static seg_status check_random(const void *options) {
    const erase_options *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

static seg_status random_erasing(seg_augment_step *step) {
    const erase_options *o = step->options;
    seg_image hidden;
    SEG_TRY(seg_hide_nothing(&hidden, step));
    const double share = seg_draw_between(step, o->low, o->high), reach = seg_log_e(o->ratio);
    const double ratio = seg_exp(seg_draw_between(step, -reach, reach));
    const double area = share * hidden.width * hidden.height;
    int32_t width = (int32_t)rint(sqrt(area / ratio)), height = (int32_t)rint(sqrt(area * ratio));
    width = width < hidden.width ? width : hidden.width;
    height = height < hidden.height ? height : hidden.height;
    const int32_t x = seg_draw_below(step, hidden.width - width + 1);
    const int32_t y = seg_draw_below(step, hidden.height - height + 1);
    seg_hide_rect(&hidden, x, y, x + width, y + height);
    SEG_TRY(seg_augment_decide(step, "x", x));
    SEG_TRY(seg_augment_decide(step, "y", y));
    SEG_TRY(seg_augment_decide(step, "width", width));
    SEG_TRY(seg_augment_decide(step, "height", height));
    return finish(step, &hidden);
}

/* ---- hide and seek ---- */

static const seg_param seek_rows[] = {
    {"cells", SEG_PARAM_INT, AT(cells), "4", 1, 256, NULL, "", "of the grid, along each side", "S"},
    {"hidden", SEG_PARAM_FLOAT, AT(hidden), "0.5", 0, 1, NULL, "",
     "probability that a cell is hidden", "p_hide"},
    VALUE_ROW,
    FILL_ROW,
    SEG_AUGMENT_P(erase_options, "1"),
};
SEG_AUGMENT_TABLE(seek_table, seek_rows, erase_options);

static seg_status hide_and_seek(seg_augment_step *step) {
    const erase_options *o = step->options;
    seg_image hidden;
    int32_t gone = 0;
    SEG_TRY(seg_hide_nothing(&hidden, step));
    const int64_t n = o->cells, width = hidden.width, height = hidden.height;
    for (int64_t row = 0; row < n; row++)
        for (int64_t column = 0; column < n; column++) {
            if (!seg_draw_chance(step, o->hidden)) continue;
            seg_hide_rect(&hidden, column * width / n, row * height / n, (column + 1) * width / n,
                          (row + 1) * height / n);
            gone++;
        }
    SEG_TRY(seg_augment_decide(step, "hidden", gone));
    return finish(step, &hidden);
}

/* ---- grids and fences ---- */

#define PERIOD_ROWS                                                                                \
    {"smallest",                                                                                   \
     SEG_PARAM_INT,                                                                                \
     AT(smallest),                                                                                 \
     "32",                                                                                         \
     2,                                                                                            \
     100000,                                                                                       \
     NULL,                                                                                         \
     "px",                                                                                         \
     "the distance of squares or bars is uniform in smallest .. largest",                          \
     "d_min"},                                                                                     \
    {                                                                                              \
        "largest", SEG_PARAM_INT, AT(largest), "96", 2, 100000, NULL, "px", "largest distance",    \
            "d_max"                                                                                \
    }

static const seg_param mask_rows[] = {
    PERIOD_ROWS,
    {"keep", SEG_PARAM_FLOAT, AT(keep), "0.4", 0, 1, NULL, "",
     "share of a distance that is kept along each side: squares of 1 - keep are hidden", "r"},
    VALUE_ROW,
    FILL_ROW,
    SEG_AUGMENT_P(erase_options, "1"),
};
SEG_AUGMENT_TABLE(mask_table, mask_rows, erase_options);

static seg_status check_period(const void *options) {
    const erase_options *o = options;
    if (o->smallest <= o->largest) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION,
                    "smallest is %ld, largest %ld (smallest must not be above largest)",
                    (long)o->smallest, (long)o->largest);
}

/* A period, how much of it is hidden, and where it starts, for both axes. */
static seg_status draw_period(seg_augment_step *step, int32_t *period, int32_t *bar, int32_t *x,
                              int32_t *y) {
    const erase_options *o = step->options;
    *period = o->smallest + seg_draw_below(step, o->largest - o->smallest + 1);
    *bar = (int32_t)rint((1 - o->keep) * *period);
    *x = seg_draw_below(step, *period);
    *y = seg_draw_below(step, *period);
    SEG_TRY(seg_augment_decide(step, "period", *period));
    SEG_TRY(seg_augment_decide(step, "x", *x));
    return seg_augment_decide(step, "y", *y);
}

static seg_status gridmask(seg_augment_step *step) {
    int32_t period, bar, x, y;
    seg_image hidden;
    SEG_TRY(seg_hide_nothing(&hidden, step));
    SEG_TRY(draw_period(step, &period, &bar, &x, &y));
    for (int64_t row = (int64_t)y - period; row < hidden.height; row += period)
        for (int64_t column = (int64_t)x - period; column < hidden.width; column += period)
            seg_hide_rect(&hidden, column, row, column + bar, row + bar);
    return finish(step, &hidden);
}

static const seg_param fence_rows[] = {
    PERIOD_ROWS,
    {"keep", SEG_PARAM_FLOAT, AT(keep), "0.8", 0, 1, NULL, "",
     "share of a distance between the bars of the fence", ""},
    {"turn", SEG_PARAM_FLOAT, AT(turn), "45", 0, 90, NULL, "degrees",
     "the fence is turned by an angle uniform in -turn .. turn", ""},
    VALUE_ROW,
    FILL_ROW,
    SEG_AUGMENT_P(erase_options, "1"),
};
SEG_AUGMENT_TABLE(fence_table, fence_rows, erase_options);

/* Bars both ways, turned: a pixel is hidden if either of its turned coordinates falls on a bar. */
static seg_status fencemask(seg_augment_step *step) {
    const erase_options *o = step->options;
    int32_t period, bar, x, y;
    seg_image hidden;
    SEG_TRY(seg_hide_nothing(&hidden, step));
    SEG_TRY(draw_period(step, &period, &bar, &x, &y));
    const double angle = seg_draw_between(step, -o->turn, o->turn) * (SEG_PI / 180);
    SEG_TRY(seg_augment_decide(step, "angle", angle * (180 / SEG_PI)));
    const double c = seg_cos(angle), s = seg_sin(angle);
    /* coordinates as parts of a period in 32 bits: they wrap round by themselves */
    const double unit = 4294967296.0 / period;
    const uint32_t least =
        (uint32_t)(int64_t)(bar * unit < 4294967295.0 ? bar * unit : 4294967295.0);
    const uint32_t step_u = (uint32_t)(int64_t)(c * unit), step_v = (uint32_t)(int64_t)(-s * unit);
    for (int32_t row = 0; row < hidden.height; row++) {
        uint8_t *out = seg_image_row(&hidden, row);
        uint32_t u = (uint32_t)(int64_t)((s * row + x) * unit);
        uint32_t v = (uint32_t)(int64_t)((c * row + y) * unit);
        for (int32_t i = 0; i < hidden.width; i++, u += step_u, v += step_v)
            out[i] = (u < least || v < least) ? 255 : 0;
    }
    return finish(step, &hidden);
}

#define ERASING(name, text, words, paper, when, table_name, check_function)                        \
    const seg_augmentation seg_augmentation_##name = {.id = text,                                  \
                                                      .title = words,                              \
                                                      .family = "erase",                           \
                                                      .reference = paper,                          \
                                                      .year = when,                                \
                                                      SEG_AUGMENT_ANY,                             \
                                                      .params = &table_name,                       \
                                                      .check = check_function,                     \
                                                      .mix = name}

ERASING(cutout, "cutout", "hides squares",
        "T. DeVries, G. Taylor, \"Improved regularization of convolutional neural networks with "
        "cutout\", arXiv:1708.04552",
        2017, cutout_table, NULL);
ERASING(random_erasing, "random-erasing", "hides a rectangle of random size",
        "Z. Zhong et al., \"Random erasing data augmentation\", AAAI", 2020, random_table,
        check_random);
ERASING(hide_and_seek, "hide-and-seek", "hides cells of a grid at random",
        "K. Singh, Y. Lee, \"Hide-and-seek: forcing a network to be meticulous\", ICCV", 2017,
        seek_table, NULL);
ERASING(gridmask, "gridmask", "hides squares at equal distances",
        "P. Chen et al., \"GridMask data augmentation\", arXiv:2001.04086", 2020, mask_table,
        check_period);
ERASING(fencemask, "fencemask", "hides the bars of a turned fence",
        "P. Li et al., \"FenceMask: a data augmentation approach for pre-extracted image "
        "features\", arXiv:2006.07877",
        2020, fence_table, check_period);
