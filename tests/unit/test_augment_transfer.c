/* What is taken from other pictures: low frequencies' amplitudes, pieces of texture, and windows
 * that matter; against definitions written down plainly, and cases whose answer is known. */
#include "unit/augment_samples.h"

#define SIDE 24

typedef struct pair {
    seg_sample source, partner, target;
} pair;

static seg_status give_partner(void *user, int64_t index, seg_sample *sample) {
    (void)index;
    return seg_sample_copy(sample, user, NULL);
}

static void pair_start(pair *p, int32_t width, int32_t height, int32_t partner_width,
                       int32_t partner_height) {
    seg_sample_init(&p->source, NULL);
    seg_sample_init(&p->partner, NULL);
    seg_sample_init(&p->target, NULL);
    ck_assert_ok(seg_image_alloc(&p->source.picture, width, height, SEG_U8, 3, NULL));
    ck_assert_ok(
        seg_image_alloc(&p->partner.picture, partner_width, partner_height, SEG_U8, 3, NULL));
    p->source.name = "source";
    p->partner.name = "partner";
}

static void pair_stop(pair *p) {
    seg_sample_free(&p->source);
    seg_sample_free(&p->partner);
    seg_sample_free(&p->target);
}

static void fill(const seg_image *picture, int low, int high, uint64_t seed) {
    pixels_random random = pixels_random_start(seed);
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t i = 0; i < picture->width * 3; i++)
            ((uint8_t *)seg_image_row(picture, y))[i] =
                (uint8_t)(low + (int)pixels_below(&random, (uint32_t)(high - low + 1)));
}

static void apply(pair *p, const char *text, int64_t copy) {
    seg_augment_work *work;
    const seg_augment_partners partners = {&p->partner, 1, give_partner};
    seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
    ck_assert_ok(seg_augment_work_create(&work, NULL));
    const seg_status status =
        seg_augment_apply(pipeline, work, &p->target, &p->source, copy, &partners);
    ck_assert_msg(status == SEG_OK, "%s: %s", text, seg_error_detail());
    seg_augment_work_free(work);
    seg_augment_pipeline_free(pipeline);
}

static int level(const seg_image *picture, int32_t x, int32_t y, int c) {
    return ((const uint8_t *)seg_image_row(picture, y))[3 * x + c];
}

/* ---- amplitudes ---- */

/* Coefficient (u, v) of the discrete Fourier transform, as a share of the pixels. */
static void coefficient(double sum[2], const seg_image *picture, int c, int u, int v) {
    sum[0] = sum[1] = 0;
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t x = 0; x < picture->width; x++) {
            const double angle = -2 * 3.14159265358979 *
                                 ((double)u * y / picture->height + (double)v * x / picture->width);
            sum[0] += level(picture, x, y, c) * cos(angle);
            sum[1] += level(picture, x, y, c) * sin(angle);
        }
    const double share = 1.0 / ((double)picture->width * picture->height);
    sum[0] *= share, sum[1] *= share;
}

/* The definition, each pixel from all frequencies of the band, both signs. */
static double expected_level(const pair *p, double changes[][2], int reach, int32_t x, int32_t y,
                             int c) {
    double sum = level(&p->source.picture, x, y, c);
    for (int u = -reach, i = 0; u <= reach; u++)
        for (int v = -reach; v <= reach; v++, i++) {
            const double angle = 2 * 3.14159265358979 *
                                 ((double)u * y / p->source.picture.height +
                                  (double)v * x / p->source.picture.width);
            sum += changes[i][0] * cos(angle) - changes[i][1] * sin(angle);
        }
    return sum < 0 ? 0 : sum > 255 ? 255 : sum;
}

START_TEST(amplitudes_follow_the_definition) {
    static const int32_t sizes[][4] = {{24, 17, 24, 17}, {17, 24, 31, 20}, {12, 40, 40, 12}};
    for (int s = 0; s < 3; s++)
        for (int reach = 0; reach <= 2; reach++) {
            pair p;
            char text[100];
            pair_start(&p, sizes[s][0], sizes[s][1], sizes[s][2], sizes[s][3]);
            fill(&p.source.picture, 90, 160, 1);
            fill(&p.partner.picture, 20, 240, 2);
            const int32_t side = sizes[s][0] < sizes[s][1] ? sizes[s][0] : sizes[s][1];
            snprintf(text, sizeof text, "fda(low=1,high=1,band=%.4f)", (reach + 0.3) / side);
            apply(&p, text, 0);
            for (int c = 0; c < 3; c++) {
                double changes[25][2];
                for (int u = -reach, i = 0; u <= reach; u++)
                    for (int v = -reach; v <= reach; v++, i++) {
                        double a[2], b[2];
                        coefficient(a, &p.source.picture, c, u, v);
                        coefficient(b, &p.partner.picture, c, u, v);
                        const double factor = hypot(b[0], b[1]) / hypot(a[0], a[1]) - 1;
                        changes[i][0] = a[0] * factor, changes[i][1] = a[1] * factor;
                    }
                for (int32_t y = 0; y < sizes[s][1]; y++)
                    for (int32_t x = 0; x < sizes[s][0]; x++) {
                        const double wanted = expected_level(&p, changes, reach, x, y, c);
                        ck_assert_double_eq_tol(level(&p.target.picture, x, y, c), wanted, 0.502);
                    }
            }
            pair_stop(&p);
        }
}
END_TEST

START_TEST(its_own_amplitudes_change_nothing) {
    pair p;
    pair_start(&p, 30, 22, 30, 22);
    fill(&p.source.picture, 0, 255, 3);
    fill(&p.partner.picture, 0, 255, 3);
    apply(&p, "fda(low=1,high=1,band=0.2)", 0);
    ck_assert(pixels_same(&p.source.picture, &p.target.picture));
    pair_stop(&p);
    pair_start(&p, 30, 22, 14, 50);
    fill(&p.source.picture, 0, 255, 3);
    fill(&p.partner.picture, 0, 255, 4);
    apply(&p, "fda(low=0,high=0,band=0.2)", 0);
    ck_assert(pixels_same(&p.source.picture, &p.target.picture));
    pair_stop(&p);
}
END_TEST

/* ---- quilts ---- */

/* Where all places are tried, a picture is found in itself. */
START_TEST(a_picture_is_made_of_itself) {
    pair p;
    pair_start(&p, SIDE, SIDE - 3, SIDE, SIDE - 3);
    fill(&p.source.picture, 0, 255, 5);
    fill(&p.partner.picture, 0, 255, 5);
    apply(&p, "quilting(low=1,high=1,piece=12,tries=3000)", 0);
    ck_assert(pixels_same(&p.source.picture, &p.target.picture));
    pair_stop(&p);
}
END_TEST

/* Every colour is one of the texture's. */
START_TEST(quilts_are_made_of_the_texture) {
    for (int32_t piece = 3; piece < 40; piece += 7) {
        pair p;
        char text[100];
        pair_start(&p, 31, 26, 19, 37);
        fill(&p.source.picture, 0, 255, 6);
        for (int32_t y = 0; y < 37; y++)
            for (int32_t x = 0; x < 19; x++) {
                uint8_t *pixel = (uint8_t *)seg_image_row(&p.partner.picture, y) + 3 * x;
                pixel[0] = (uint8_t)(x * 13), pixel[1] = (uint8_t)(y * 6);
                pixel[2] = (uint8_t)(pixel[0] ^ pixel[1]);
            }
        snprintf(text, sizeof text, "quilting(low=1,high=1,piece=%d,tries=5)", (int)piece);
        apply(&p, text, piece);
        for (int32_t y = 0; y < 26; y++)
            for (int32_t x = 0; x < 31; x++) {
                const int r = level(&p.target.picture, x, y, 0),
                          g = level(&p.target.picture, x, y, 1);
                ck_assert_msg(
                    r % 13 == 0 && g % 6 == 0 && level(&p.target.picture, x, y, 2) == (r ^ g),
                    "piece %d: %d,%d is of no pixel of the texture", (int)piece, (int)x, (int)y);
            }
        pair_stop(&p);
    }
}
END_TEST

/* Light pieces go where the picture is light. */
START_TEST(quilts_are_like_the_picture) {
    pair p;
    pair_start(&p, 48, 48, 60, 30);
    for (int32_t y = 0; y < 48; y++)
        memset(seg_image_row(&p.source.picture, y), 40, 3 * 24),
            memset((uint8_t *)seg_image_row(&p.source.picture, y) + 3 * 24, 210, 3 * 24);
    for (int32_t y = 0; y < 30; y++)
        for (int32_t i = 0; i < 180; i++)
            ((uint8_t *)seg_image_row(&p.partner.picture, y))[i] = (uint8_t)(i < 90 ? 50 : 200);
    apply(&p, "quilting(low=1,high=1,piece=9,tries=100,weight=0.2)", 0);
    int right = 0;
    for (int32_t y = 0; y < 48; y++)
        for (int32_t x = 0; x < 48; x++)
            right += (level(&p.target.picture, x, y, 0) > 125) == (x >= 24);
    ck_assert_int_gt(right, 48 * 48 * 95 / 100);
    pair_stop(&p);
}
END_TEST

/* ---- windows that matter ---- */

static void draw_noise(const seg_image *picture, int32_t left, int32_t right, uint64_t seed) {
    pixels_random random = pixels_random_start(seed);
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t i = 0; i < 3 * picture->width; i++)
            ((uint8_t *)seg_image_row(picture, y))[i] =
                i >= 3 * left && i < 3 * right ? (uint8_t)(60 + pixels_below(&random, 150)) : 128;
}

START_TEST(flat_parts_are_cut) {
    static const char *const importances[] = {"gradient", "saliency"};
    for (int k = 0; k < 2; k++)
        for (int64_t copy = 0; copy < 20; copy++) {
            pair p;
            char text[100];
            pair_start(&p, 60, 40, 1, 1);
            draw_noise(&p.source.picture, 0, 30, 7); /* the right half is flat */
            snprintf(text, sizeof text, "keep-cutout(size=0.3,tries=200,importance=%s,p=1)",
                     importances[k]);
            apply(&p, text, copy);
            int32_t hidden = 0;
            for (int32_t y = 0; y < 40; y++)
                for (int32_t x = 0; x < 60; x++) {
                    const bool black = level(&p.target.picture, x, y, 0) == 0;
                    ck_assert_msg(!black || x >= 29, "%s hides %d,%d", importances[k], (int)x,
                                  (int)y);
                    hidden += black;
                    if (!black)
                        ck_assert_int_eq(level(&p.target.picture, x, y, 1),
                                         level(&p.source.picture, x, y, 1));
                }
            ck_assert_int_eq(hidden, 18 * 12);
            pair_stop(&p);
        }
}
END_TEST

START_TEST(the_part_that_matters_is_pasted) {
    for (int64_t copy = 0; copy < 20; copy++) {
        pair p;
        pair_start(&p, 60, 40, 120, 80);
        draw_noise(&p.source.picture, 0, 0, 8);
        draw_noise(&p.partner.picture, 70, 120, 9); /* right of the middle, at twice the size */
        apply(&p, "keep-cutmix(size=0.4,tries=300)", copy);
        int32_t changed = 0, left = 60;
        for (int32_t y = 0; y < 40; y++)
            for (int32_t x = 0; x < 60; x++)
                if (level(&p.target.picture, x, y, 0) != 128) {
                    changed++;
                    if (x < left) left = x;
                }
        ck_assert_int_ge(left, 33);
        ck_assert_int_gt(changed, 24 * 16 * 8 / 10); /* nearly the whole window is noise */
        ck_assert_int_le(changed, 24 * 16);
        pair_stop(&p);
    }
}
END_TEST

CORE_MAIN("augment_transfer", amplitudes_follow_the_definition, its_own_amplitudes_change_nothing,
          a_picture_is_made_of_itself, quilts_are_made_of_the_texture, quilts_are_like_the_picture,
          flat_parts_are_cut, the_part_that_matters_is_pasted)
