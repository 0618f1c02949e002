/* Superpixels: by hand, against the definitions pixel by pixel, properties. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>

static double value_of(const seg_tally *tally, const char *name) {
    const seg_metric *metric = seg_tally_metric(tally);
    double values[16];
    ck_assert_int_le(metric->measure_count, 16);
    ck_assert_ok(seg_tally_values(tally, values));
    ck_assert_int_ge(seg_measure_find(metric, name), 0);
    return values[seg_measure_find(metric, name)];
}

static seg_image labels_of(int32_t *labels, int32_t width, int32_t height) {
    seg_image image = {0};
    ck_assert_ok(seg_image_wrap(&image, labels, width * 4, width, height, SEG_LABEL32, 1));
    return image;
}

static seg_tally *compared(int32_t *found, int32_t *expected, int32_t width, int32_t height,
                           const seg_image *picture) {
    seg_tally *tally;
    ck_assert_ok(seg_tally_create(&tally, seg_metric_find("superpixels"), NULL, NULL));
    const seg_image a = labels_of(found, width, height), b = labels_of(expected, width, height);
    const seg_pair pair = {.prediction = &a, .truths = &b, .truth_count = 1, .picture = picture};
    ck_assert_ok(seg_tally_add(tally, &pair));
    return tally;
}

#define CLOSE(tally, name, wanted) ck_assert_double_eq_tol(value_of(tally, name), wanted, 1e-12)

START_TEST(by_hand) {
    /* S: three columns of 2, T: halves of 3; the middle superpixel lies across */
    int32_t s[] = {0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2};
    int32_t t[] = {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2};
    uint8_t grey[] = {10, 10, 20, 40, 50, 50, 10, 10, 20, 40, 50, 50};
    seg_image picture = {0};
    ck_assert_ok(seg_image_wrap(&picture, grey, 6, 6, 2, SEG_U8, 1));
    seg_tally *tally = compared(s, t, 6, 2, &picture);
    CLOSE(tally, "superpixels", 3);
    CLOSE(tally, "split", 0);
    CLOSE(tally, "asa", (4 + 2 + 4) / 12.0);
    CLOSE(tally, "ue-np", (2 + 2) / 12.0);
    CLOSE(tally, "ue-levin", ((8 - 6) / 6.0 + (8 - 6) / 6.0) / 2);
    CLOSE(tally, "ue-achanta", 16 / 12.0 - 1);
    /* radius 0: true boundaries are columns 2 and 3, as are two of the four of superpixels */
    CLOSE(tally, "br", 1);
    CLOSE(tally, "bp", 4.0 / 8);
    /* squares of 2: area 4, perimeter 8 */
    CLOSE(tally, "compactness", 4 * 3.14159265358979323846 * 4 / 64);
    /* means 10, 30, 50 of all 30; squares 4 (400 + 0 + 400), of all + 4 100 */
    CLOSE(tally, "ev", 3200.0 / 3600);
    /* the middle one deviates by 10 from its mean */
    CLOSE(tally, "icv", 10.0 / 3);
    seg_tally_free(tally);
}
END_TEST

START_TEST(pieces) {
    int32_t s[] = {7, 3, 7, 3, 3, 5, 7, 3, 7}, t[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    seg_tally *tally = compared(s, t, 3, 3, NULL);
    CLOSE(tally, "split", 1);
    CLOSE(tally, "superpixels", 3);
    ck_assert(isnan(value_of(tally, "br")) && isnan(value_of(tally, "ev")));
    CLOSE(tally, "bp", 0);
    seg_tally_free(tally);
}
END_TEST

#define WIDTH 40
#define HEIGHT 30
#define PIXELS (WIDTH * HEIGHT)

/* Blocks with ragged edges. */
static void random_labels(int32_t *labels, pixels_random *random, int32_t block) {
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            labels[y * WIDTH + x] = 1 + (x + (int32_t)pixels_below(random, 3)) / block +
                                    100 * ((y + (int32_t)pixels_below(random, 2)) / block);
}

static bool is_boundary(const int32_t *labels, int32_t x, int32_t y) {
    const int32_t own = labels[y * WIDTH + x];
    return (x > 0 && labels[y * WIDTH + x - 1] != own) ||
           (x + 1 < WIDTH && labels[y * WIDTH + x + 1] != own) ||
           (y > 0 && labels[(y - 1) * WIDTH + x] != own) ||
           (y + 1 < HEIGHT && labels[(y + 1) * WIDTH + x] != own);
}

static bool near_boundary(const int32_t *labels, int32_t x, int32_t y, int32_t radius) {
    for (int32_t v = y - radius; v <= y + radius; v++)
        for (int32_t u = x - radius; u <= x + radius; u++)
            if (u >= 0 && v >= 0 && u < WIDTH && v < HEIGHT && is_boundary(labels, u, v))
                return true;
    return false;
}

static int32_t shared(const int32_t *a, int32_t label_a, const int32_t *b, int32_t label_b) {
    int32_t n = 0;
    for (int32_t i = 0; i < PIXELS; i++)
        n += (label_a < 0 || a[i] == label_a) && (label_b < 0 || b[i] == label_b);
    return n;
}

static int32_t distinct(int32_t *out, const int32_t *labels) {
    int32_t count = 0;
    for (int32_t i = 0; i < PIXELS; i++) {
        int32_t k = 0;
        while (k < count && out[k] != labels[i])
            k++;
        if (k == count) out[count++] = labels[i];
    }
    return count;
}

START_TEST(against_the_definitions) {
    pixels_random random = pixels_random_start(95);
    for (int repeat = 0; repeat < 8; repeat++) {
        int32_t s[PIXELS], t[PIXELS], in_s[PIXELS], in_t[PIXELS];
        random_labels(s, &random, 5 + repeat % 3), random_labels(t, &random, 17);
        const double tolerance = repeat % 3 * 0.02;
        const int32_t radius = repeat % 3; /* 0.02 x 50 */
        const seg_metric *metric = seg_metric_find("superpixels");
        struct {
            size_t size;
            double tolerance;
        } options;
        ck_assert_uint_eq(sizeof options, metric->params->options_size);
        seg_params_init(&options, metric->params);
        options.tolerance = tolerance;
        seg_tally *tally;
        ck_assert_ok(seg_tally_create(&tally, metric, &options, NULL));
        const seg_image a = labels_of(s, WIDTH, HEIGHT), b = labels_of(t, WIDTH, HEIGHT);
        const seg_pair pair = {.prediction = &a, .truths = &b, .truth_count = 1};
        ck_assert_ok(seg_tally_add(tally, &pair));

        double tp = 0, fn = 0, fp = 0;
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                if (is_boundary(t, x, y))
                    near_boundary(s, x, y, radius) ? tp++ : fn++;
                else if (is_boundary(s, x, y))
                    fp += !near_boundary(t, x, y, radius);
            }
        CLOSE(tally, "br", tp / (tp + fn));
        CLOSE(tally, "bp", tp / (tp + fp));

        double levin = 0, achanta = 0, np = 0, asa = 0;
        const int32_t count_s = distinct(in_s, s), count_t = distinct(in_t, t);
        for (int32_t j = 0; j < count_t; j++) {
            double touching = 0;
            const double size_t_j = shared(s, -1, t, in_t[j]);
            for (int32_t i = 0; i < count_s; i++) {
                const double n = shared(s, in_s[i], t, in_t[j]);
                const double size_s = shared(s, in_s[i], t, -1);
                touching += n > 0 ? size_s : 0;
                achanta += n > 0.05 * size_s ? size_s : 0;
                np += fmin(n, size_s - n);
            }
            levin += (touching - size_t_j) / size_t_j / count_t;
        }
        for (int32_t i = 0; i < count_s; i++) {
            double largest = 0;
            for (int32_t j = 0; j < count_t; j++)
                largest = fmax(largest, shared(s, in_s[i], t, in_t[j]));
            asa += largest;
        }
        CLOSE(tally, "ue-levin", levin);
        CLOSE(tally, "ue-achanta", achanta / PIXELS - 1);
        CLOSE(tally, "ue-np", np / PIXELS);
        CLOSE(tally, "asa", asa / PIXELS);
        CLOSE(tally, "superpixels", count_s);
        seg_tally_free(tally);
    }
}
END_TEST

/* ---- shapes and colours one by one ---- */

/* Pixels of the piece that (x, y) is in, taken out of `labels`. */
static void take_piece(int32_t *labels, int32_t x, int32_t y, int32_t label) {
    if (x < 0 || y < 0 || x >= WIDTH || y >= HEIGHT || labels[y * WIDTH + x] != label) return;
    labels[y * WIDTH + x] = -1;
    take_piece(labels, x - 1, y, label), take_piece(labels, x + 1, y, label);
    take_piece(labels, x, y - 1, label), take_piece(labels, x, y + 1, label);
}

static int32_t pieces_of(const int32_t *labels, int32_t label) {
    int32_t rest[PIXELS], count = 0;
    memcpy(rest, labels, sizeof rest);
    for (int32_t i = 0; i < PIXELS; i++)
        if (rest[i] == label) {
            take_piece(rest, i % WIDTH, i / WIDTH, label);
            count++;
        }
    return count;
}

static int32_t perimeter_of(const int32_t *labels, int32_t label) {
    int32_t sides = 0;
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            if (labels[y * WIDTH + x] != label) continue;
            sides += x == 0 || labels[y * WIDTH + x - 1] != label;
            sides += x + 1 == WIDTH || labels[y * WIDTH + x + 1] != label;
            sides += y == 0 || labels[(y - 1) * WIDTH + x] != label;
            sides += y + 1 == HEIGHT || labels[(y + 1) * WIDTH + x] != label;
        }
    return sides;
}

/* Sum over the pixels of a label (all if it is below 0) of the squared distance of their colour
 * from that label's mean. */
static double deviation_of(const int32_t *labels, int32_t label, const seg_image *picture) {
    double sum = 0;
    for (int32_t c = 0; c < picture->channels - (picture->channels % 2 == 0); c++) {
        double mean = 0, count = 0;
        for (int32_t i = 0; i < PIXELS; i++)
            if (label < 0 || labels[i] == label) {
                mean += pixels_at(picture, i % WIDTH, i / WIDTH, c);
                count++;
            }
        mean /= count;
        for (int32_t i = 0; i < PIXELS; i++)
            if (label < 0 || labels[i] == label) {
                const double off = pixels_at(picture, i % WIDTH, i / WIDTH, c) - mean;
                sum += off * off;
            }
    }
    return sum;
}

START_TEST(shapes_and_colours) {
    pixels_random random = pixels_random_start(98);
    int32_t one[PIXELS];
    for (int32_t i = 0; i < PIXELS; i++)
        one[i] = 1;
    for (int repeat = 0; repeat < 24; repeat++) {
        int32_t s[PIXELS], in_s[PIXELS];
        if (repeat % 3)
            random_labels(s, &random, 5 + repeat % 4);
        else
            for (int32_t i = 0; i < PIXELS; i++) /* few labels in many pieces, 0 among them */
                s[i] = i && pixels_below(&random, 2) ? s[i - 1] : (int32_t)pixels_below(&random, 5);
        const int format = repeat % 2 ? SEG_U8 : SEG_U16;
        pixels_picture picture =
            pixels_make(WIDTH, HEIGHT, format, 1 + repeat % 4, (uint32_t)repeat % 5, &random);
        const int32_t count = distinct(in_s, s);
        double compactness = 0, inside = 0, icv = 0;
        int32_t split = 0;
        for (int32_t i = 0; i < count; i++) {
            const double area = shared(s, in_s[i], s, -1), sides = perimeter_of(s, in_s[i]);
            const double deviation = deviation_of(s, in_s[i], &picture.image);
            split += pieces_of(s, in_s[i]) > 1;
            compactness += area / PIXELS * 4 * 3.14159265358979323846 * area / (sides * sides);
            inside += deviation;
            icv += sqrt(deviation / area) / count * 255 / seg_image_full_scale(&picture.image);
        }
        const double all = deviation_of(s, -1, &picture.image);
        seg_tally *tally = compared(s, one, WIDTH, HEIGHT, &picture.image);
        CLOSE(tally, "superpixels", count);
        CLOSE(tally, "split", split);
        CLOSE(tally, "compactness", compactness);
        ck_assert_double_eq_tol(value_of(tally, "ev"), 1 - inside / all, 1e-9);
        ck_assert_double_eq_tol(value_of(tally, "icv"), icv, 1e-9 * (1 + icv));
        seg_tally_free(tally);
        pixels_free(&picture);
    }
}
END_TEST

/* The same picture in 8 and 16 bits and in floats. */
START_TEST(depth_does_not_matter) {
    pixels_random random = pixels_random_start(99);
    int32_t s[PIXELS], t[PIXELS];
    random_labels(s, &random, 6), random_labels(t, &random, 15);
    pixels_picture picture = pixels_make(WIDTH, HEIGHT, SEG_U8, 3, 0, &random);
    seg_tally *wanted = compared(s, t, WIDTH, HEIGHT, &picture.image);
    for (int format = SEG_U16; format <= SEG_F32; format++) {
        seg_image deep = {0};
        ck_assert_ok(seg_convert(&deep, &picture.image, (seg_format)format, NULL));
        seg_tally *tally = compared(s, t, WIDTH, HEIGHT, &deep);
        CLOSE(tally, "ev", value_of(wanted, "ev"));
        ck_assert_double_eq_tol(value_of(tally, "icv"), value_of(wanted, "icv"), 1e-9);
        seg_tally_free(tally);
        seg_image_unref(&deep);
    }
    seg_tally_free(wanted);
    pixels_free(&picture);
}
END_TEST

/* Neither where the truth is 0, nor where the mask says so. */
START_TEST(what_is_not_scored) {
    pixels_random random = pixels_random_start(100);
    int32_t s[PIXELS], t[PIXELS], holed[PIXELS];
    uint8_t ignored[PIXELS];
    random_labels(s, &random, 6);
    /* two halves; what is left out lies in one of them, away from where they meet */
    for (int32_t i = 0; i < PIXELS; i++)
        t[i] = i % WIDTH < 20 ? 1 : 2, ignored[i] = i % WIDTH >= 30 && i / WIDTH < 20;
    for (int32_t i = 0; i < PIXELS; i++)
        holed[i] = ignored[i] ? 0 : t[i];
    seg_image mask = {0};
    ck_assert_ok(seg_image_wrap(&mask, ignored, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    const seg_image a = labels_of(s, WIDTH, HEIGHT), b = labels_of(t, WIDTH, HEIGHT),
                    c = labels_of(holed, WIDTH, HEIGHT);
    const seg_pair pairs[] = {{.prediction = &a, .truths = &b, .truth_count = 1, .ignore = &mask},
                              {.prediction = &a, .truths = &c, .truth_count = 1},
                              {.prediction = &a, .truths = &b, .truth_count = 1}};
    double value[3][16];
    for (int i = 0; i < 3; i++) {
        seg_tally *tally;
        ck_assert_ok(seg_tally_create(&tally, seg_metric_find("superpixels"), NULL, NULL));
        ck_assert_ok(seg_tally_add(tally, &pairs[i]));
        ck_assert_ok(seg_tally_values(tally, value[i]));
        seg_tally_free(tally);
    }
    const char *const names[] = {"ue-levin", "ue-achanta", "ue-np", "asa"};
    for (int k = 0; k < 4; k++) {
        const int32_t at = seg_measure_find(seg_metric_find("superpixels"), names[k]);
        ck_assert_double_eq(value[0][at], value[1][at]);
        ck_assert_double_ne(value[0][at], value[2][at]);
    }
    const int32_t br = seg_measure_find(seg_metric_find("superpixels"), "br");
    ck_assert_double_eq(value[0][br], value[2][br]); /* no true boundary is ignored */
}
END_TEST

START_TEST(names_do_not_matter) {
    pixels_random random = pixels_random_start(96);
    int32_t s[PIXELS], t[PIXELS], renamed[PIXELS];
    random_labels(s, &random, 6), random_labels(t, &random, 15);
    for (int32_t i = 0; i < PIXELS; i++)
        renamed[i] = 100000 - 3 * s[i];
    pixels_picture picture = pixels_make(WIDTH, HEIGHT, SEG_U16, 4, 0, &random);
    seg_tally *one = compared(s, t, WIDTH, HEIGHT, &picture.image);
    seg_tally *other = compared(renamed, t, WIDTH, HEIGHT, &picture.image);
    for (int32_t i = 0; i < seg_metric_find("superpixels")->measure_count; i++) {
        const char *name = seg_metric_find("superpixels")->measures[i].name;
        ck_assert_double_eq_tol(value_of(one, name), value_of(other, name), 1e-12);
    }
    ck_assert(value_of(one, "ev") > 0 && value_of(one, "ev") < 1);
    seg_tally_free(one), seg_tally_free(other);
    pixels_free(&picture);
}
END_TEST

CORE_MAIN("superpixels", by_hand, pieces, against_the_definitions, shapes_and_colours,
          depth_does_not_matter, what_is_not_scored, names_do_not_matter)
