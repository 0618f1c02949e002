/* Parameter tables: defaults, parsing, checking, copying, writing. */
#include "core_main.h"

#include "core/memory.h"
#include <segment/params.h>

#include <math.h>
#include <stdio.h>

typedef struct all_options {
    size_t size;
    bool invert;
    int32_t count;
    double sigma;
    int32_t norm;
    seg_level level;
    seg_duration half_life;
    seg_size radius;
    seg_rect window;
    seg_seeds seeds;
    const seg_image *reference;
    seg_seeds marks;
} all_options;

static const char *const norm_names[] = {"l1", "l2", "max-norm", NULL};

#define FIELD(field) offsetof(all_options, field)
static const seg_param items[] = {
    {"invert", SEG_PARAM_BOOL, FIELD(invert), "true", 0, 0, NULL, "", "help", ""},
    {"count", SEG_PARAM_INT, FIELD(count), "7", -5, 1000, NULL, "frames", "help", "N"},
    {"sigma", SEG_PARAM_FLOAT, FIELD(sigma), "1.4", 0, 100, NULL, "px", "help", "s"},
    {"norm", SEG_PARAM_ENUM, FIELD(norm), "l2", 0, 0, norm_names, "", "help", ""},
    {"level", SEG_PARAM_LEVEL, FIELD(level), "auto:otsu", 0, 255, NULL, "8-bit level", "help", ""},
    {"half-life", SEG_PARAM_DURATION, FIELD(half_life), "8s", 0, 10000, NULL, "", "help", ""},
    {"radius", SEG_PARAM_SIZE, FIELD(radius), "0.5%", 0, 500, NULL, "px", "help", ""},
    {"window", SEG_PARAM_RECT, FIELD(window), "0,0,0,0", 0, 0, NULL, "px", "help", ""},
    {"seeds", SEG_PARAM_SEEDS, FIELD(seeds), "auto", 0, 0, NULL, "", "help", ""},
    {"reference", SEG_PARAM_PICTURE, FIELD(reference), NULL, 0, 0, NULL, "", "help", ""},
    {"marks", SEG_PARAM_SEEDS, FIELD(marks), "auto", 0, 0, NULL, "", "help", ""},
};
static const seg_param_table table = {items, (int32_t)(sizeof items / sizeof *items),
                                      sizeof(all_options)};

static seg_status parse(all_options *options, const char *name, const char *text) {
    return seg_params_parse(options, &table, name, text, NULL);
}

START_TEST(defaults) {
    all_options options;
    memset(&options, 0xcc, sizeof options);
    seg_params_init(&options, &table);
    ck_assert_uint_eq(options.size, sizeof options);
    ck_assert(options.invert);
    ck_assert_int_eq(options.count, 7);
    ck_assert_double_eq(options.sigma, 1.4);
    ck_assert_int_eq(options.norm, 1);
    ck_assert_int_eq(options.level.kind, SEG_LEVEL_AUTO);
    ck_assert_int_eq(options.level.rule, SEG_AUTO_OTSU);
    ck_assert_double_eq(options.half_life.value, 8);
    ck_assert_int_eq(options.half_life.in_seconds, 1);
    ck_assert_double_eq(options.radius.value, 0.5);
    ck_assert_int_eq(options.radius.in_percent, 1);
    ck_assert_int_eq(options.window.width, 0);
    ck_assert_int_eq(options.seeds.kind, SEG_SEEDS_AUTO);
    ck_assert_ptr_null(options.seeds.points);
    ck_assert_ptr_null(options.reference);
    ck_assert_ok(seg_params_check(&options, &table));
}
END_TEST

START_TEST(finding) {
    ck_assert_ptr_eq(seg_params_find(&table, "sigma"), &items[2]);
    ck_assert_ptr_eq(seg_params_find(&table, "half_life"), &items[5]);
    ck_assert_ptr_null(seg_params_find(&table, "sigm"));
    ck_assert_ptr_null(seg_params_find(&table, ""));
    ck_assert_ptr_null(seg_params_find(&table, NULL));
    all_options options;
    seg_params_init(&options, &table);
    ck_assert_fails(parse(&options, "sigm", "1"), SEG_ERROR_OPTION, "did you mean \"sigma\"");
    ck_assert_fails(parse(&options, "halflife", "1"), SEG_ERROR_OPTION, "\"half-life\"");
    ck_assert_fails(parse(&options, "connectivity", "1"), SEG_ERROR_OPTION,
                    "allowed invert, count, sigma");
    ck_assert_fails(parse(&options, NULL, "1"), SEG_ERROR_OPTION, "name is missing");
    ck_assert_fails(parse(&options, "sigma", NULL), SEG_ERROR_OPTION, "text is missing");
    ck_assert_fails(parse(NULL, "sigma", "1"), SEG_ERROR_OPTION, "options is missing");
    const seg_param_table none = {NULL, 0, sizeof(size_t)};
    size_t size;
    ck_assert_fails(seg_params_parse(&size, &none, "x", "1", NULL), SEG_ERROR_OPTION, "none");
}
END_TEST

START_TEST(booleans_and_numbers) {
    all_options options;
    seg_params_init(&options, &table);
    const char *const yes[] = {"true", "yes", "on", "1", "TRUE", " yes "};
    const char *const no[] = {"false", "no", "off", "0", "Off"};
    for (size_t i = 0; i < 6; i++) {
        options.invert = false;
        ck_assert_ok(parse(&options, "invert", yes[i]));
        ck_assert(options.invert);
    }
    for (size_t i = 0; i < 5; i++) {
        options.invert = true;
        ck_assert_ok(parse(&options, "invert", no[i]));
        ck_assert(!options.invert);
    }
    ck_assert_fails(parse(&options, "invert", "maybe"), SEG_ERROR_OPTION,
                    "invert has no valid value (got \"maybe\", allowed true or false");
    ck_assert_fails(parse(&options, "invert", ""), SEG_ERROR_OPTION, "true or false");
    ck_assert_fails(parse(&options, "invert", "2"), SEG_ERROR_OPTION, "true or false");

    ck_assert_ok(parse(&options, "count", "-5"));
    ck_assert_int_eq(options.count, -5);
    ck_assert_ok(parse(&options, "count", " 1e3 "));
    ck_assert_int_eq(options.count, 1000);
    ck_assert_fails(parse(&options, "count", "1001"), SEG_ERROR_OPTION,
                    "count is out of range (got 1001, allowed -5 to 1000 frames)");
    ck_assert_fails(parse(&options, "count", "-6"), SEG_ERROR_OPTION,
                    "count is out of range (got -6");
    ck_assert_fails(parse(&options, "count", "99999999999"), SEG_ERROR_OPTION,
                    "count is out of range (got 99999999999, allowed -5 to 1000)");
    ck_assert_fails(parse(&options, "count", "1.5"), SEG_ERROR_OPTION, "a whole number");
    ck_assert_fails(parse(&options, "count", "seven"), SEG_ERROR_OPTION, "a whole number");
    ck_assert_fails(parse(&options, "count", "7 8"), SEG_ERROR_OPTION, "a whole number");
    ck_assert_int_eq(options.count, 1000); /* errors change nothing */

    ck_assert_ok(parse(&options, "sigma", "0"));
    ck_assert_double_eq(options.sigma, 0);
    ck_assert_ok(parse(&options, "sigma", "100"));
    ck_assert_fails(parse(&options, "sigma", "-1"), SEG_ERROR_OPTION,
                    "sigma is out of range (got -1, allowed 0 to 100 px)");
    ck_assert_fails(parse(&options, "sigma", "100.0001"), SEG_ERROR_OPTION, "allowed 0 to 100");
    ck_assert_fails(parse(&options, "sigma", "nan"), SEG_ERROR_OPTION, "a number");
    ck_assert_fails(parse(&options, "sigma", "inf"), SEG_ERROR_OPTION, "a number");
    ck_assert_fails(parse(&options, "sigma", "1,4"), SEG_ERROR_OPTION, "a number");
    ck_assert_fails(parse(&options, "sigma", ""), SEG_ERROR_OPTION, "a number");
    ck_assert_double_eq(options.sigma, 100);

    ck_assert_ok(parse(&options, "norm", "l1"));
    ck_assert_int_eq(options.norm, 0);
    ck_assert_ok(parse(&options, "norm", "max_norm"));
    ck_assert_int_eq(options.norm, 2);
    ck_assert_fails(
        parse(&options, "norm", "l3"), SEG_ERROR_OPTION,
        "norm has no valid value (got \"l3\", allowed l1, l2 or max-norm); did you mean");
    ck_assert_fails(parse(&options, "norm", "euclid"), SEG_ERROR_OPTION,
                    "norm has no valid value (got \"euclid\", allowed l1, l2 or max-norm)");
}
END_TEST

static seg_level level_of(const char *text) {
    all_options options;
    seg_params_init(&options, &table);
    ck_assert_ok(parse(&options, "level", text));
    return options.level;
}

START_TEST(levels) {
    const struct {
        const char *text;
        int kind, rule;
        double value;
    } good[] = {{"50", SEG_LEVEL_8BIT, 0, 50},
                {"127.5", SEG_LEVEL_8BIT, 0, 127.5},
                {"255", SEG_LEVEL_8BIT, 0, 255},
                {"20%", SEG_LEVEL_PERCENT, 0, 20},
                {"100 %", SEG_LEVEL_PERCENT, 0, 100},
                {"p90", SEG_LEVEL_PERCENTILE, 0, 90},
                {"P0.5", SEG_LEVEL_PERCENTILE, 0, 0.5},
                {"12000raw", SEG_LEVEL_RAW, 0, 12000},
                {"0.25raw", SEG_LEVEL_RAW, 0, 0.25},
                {"auto", SEG_LEVEL_AUTO, SEG_AUTO_DEFAULT, 0},
                {"auto:otsu", SEG_LEVEL_AUTO, SEG_AUTO_OTSU, 0},
                {"AUTO:Median", SEG_LEVEL_AUTO, SEG_AUTO_MEDIAN, 0},
                {"auto:noise", SEG_LEVEL_AUTO, SEG_AUTO_NOISE, 0}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        seg_level level = level_of(good[i].text);
        ck_assert_int_eq(level.kind, good[i].kind);
        ck_assert_int_eq(level.rule, good[i].rule);
        ck_assert_double_eq(level.value, good[i].value);
    }
    all_options options;
    seg_params_init(&options, &table);
    ck_assert_fails(parse(&options, "level", "256"), SEG_ERROR_OPTION,
                    "level is out of range (got 256, allowed 0 to 255 8-bit level)");
    ck_assert_fails(parse(&options, "level", "-1"), SEG_ERROR_OPTION,
                    "level is out of range (got -1");
    ck_assert_fails(parse(&options, "level", "101%"), SEG_ERROR_OPTION,
                    "level is out of range (got 101%, allowed 0 to 100 percent)");
    ck_assert_fails(parse(&options, "level", "p101"), SEG_ERROR_OPTION,
                    "level is out of range (got p101");
    ck_assert_fails(parse(&options, "level", "-1raw"), SEG_ERROR_OPTION, "0 and more");
    ck_assert_fails(parse(&options, "level", "auto:ostu"), SEG_ERROR_OPTION, "\"auto:otsu\"");
    ck_assert_fails(parse(&options, "level", "50px"), SEG_ERROR_OPTION, "a level such as");
    ck_assert_fails(parse(&options, "level", "p"), SEG_ERROR_OPTION, "a level such as");
    ck_assert_fails(parse(&options, "level", "p90%"), SEG_ERROR_OPTION, "a level such as");
    ck_assert_fails(parse(&options, "level", ""), SEG_ERROR_OPTION, "a level such as");
}
END_TEST

START_TEST(durations_sizes_rectangles) {
    all_options options;
    seg_params_init(&options, &table);
    const struct {
        const char *text;
        double value;
        int seconds;
    } durations[] = {{"200f", 200, 0},  {"200", 200, 0},   {"8s", 8, 1},
                     {"1.5 s", 1.5, 1}, {"500ms", 0.5, 1}, {"0", 0, 0}};
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
        ck_assert_ok(parse(&options, "half-life", durations[i].text));
        ck_assert_double_eq(options.half_life.value, durations[i].value);
        ck_assert_int_eq(options.half_life.in_seconds, durations[i].seconds);
    }
    ck_assert_fails(parse(&options, "half-life", "8m"), SEG_ERROR_OPTION, "200f, 8s or 500ms");
    ck_assert_fails(parse(&options, "half-life", "s"), SEG_ERROR_OPTION, "200f, 8s or 500ms");
    ck_assert_fails(parse(&options, "half-life", "-1s"), SEG_ERROR_OPTION,
                    "half-life is out of range (got -1s");
    ck_assert_fails(parse(&options, "half-life", "20000f"), SEG_ERROR_OPTION, "0 to 10000");

    ck_assert_ok(parse(&options, "radius", "15"));
    ck_assert_double_eq(options.radius.value, 15);
    ck_assert_int_eq(options.radius.in_percent, 0);
    ck_assert_ok(parse(&options, "radius", "15px"));
    ck_assert_ok(parse(&options, "radius", "2.5%"));
    ck_assert_int_eq(options.radius.in_percent, 1);
    ck_assert_fails(parse(&options, "radius", "501"), SEG_ERROR_OPTION,
                    "radius is out of range (got 501");
    ck_assert_fails(parse(&options, "radius", "101%"), SEG_ERROR_OPTION,
                    "radius is out of range (got 101%");
    ck_assert_fails(parse(&options, "radius", "big"), SEG_ERROR_OPTION, "a size such as");

    ck_assert_ok(parse(&options, "window", "-3, 4 ,100,200"));
    ck_assert_int_eq(options.window.x, -3);
    ck_assert_int_eq(options.window.y, 4);
    ck_assert_int_eq(options.window.width, 100);
    ck_assert_int_eq(options.window.height, 200);
    const char *const bad[] = {"1,2,3", "1,2,3,4,5", "1,2,3,", "1.5,2,3,4", "", "1 2 3 4", "a"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_fails(parse(&options, "window", bad[i]), SEG_ERROR_OPTION, "x,y,width,height");
    ck_assert_fails(parse(&options, "window", "1,2,-3,4"), SEG_ERROR_OPTION, "1,2,-3,4");
}
END_TEST

START_TEST(seed_points) {
    int64_t live = seg_memory_live();
    all_options options;
    seg_params_init(&options, &table);
    ck_assert_ok(parse(&options, "seeds", "10,20"));
    ck_assert_int_eq(options.seeds.kind, SEG_SEEDS_POINTS);
    ck_assert_int_eq(options.seeds.count, 1);
    ck_assert_ok(parse(&options, "seeds", "1,2; 3,4 ;5,6;"));
    ck_assert_int_eq(options.seeds.count, 3);
    ck_assert_int_eq(options.seeds.points[2].x, 5);
    ck_assert_int_eq(options.seeds.points[2].y, 6);
    const char *const bad[] = {"1", "1,", "1,2,3", "1,2;;3,4", ";1,2", "a,b", "1.5,2", "", "1,2;x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_fails(parse(&options, "seeds", bad[i]), SEG_ERROR_OPTION, "points x,y;x,y");
    ck_assert_fails(parse(&options, "seeds", "1,2;3,-4"), SEG_ERROR_OPTION,
                    "point 2 is outside the picture (got 3,-4");
    ck_assert_int_eq(options.seeds.count, 3); /* the old ones stay */
    ck_assert_int_eq(seg_memory_live(), live + 1);
    char many[5000] = "";
    for (int i = 0; i < 500; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "%s%d,%d", i ? ";" : "", i,
                 2 * i);
    ck_assert_ok(parse(&options, "seeds", many));
    ck_assert_int_eq(options.seeds.count, 500);
    ck_assert_int_eq(options.seeds.points[499].y, 998);
    ck_assert_ok(parse(&options, "seeds", "auto"));
    ck_assert_int_eq(seg_memory_live(), live);
    ck_assert_ok(parse(&options, "marks", "7,8"));
    seg_params_clear(&options, &table, NULL);
    ck_assert_int_eq(options.marks.kind, SEG_SEEDS_AUTO);
    ck_assert_int_eq(seg_memory_live(), live);
    seg_params_clear(NULL, &table, NULL);
}
END_TEST

START_TEST(pictures) {
    int64_t live = seg_memory_live();
    uint8_t pixels[4] = {0};
    seg_image picture = {0};
    ck_assert_ok(seg_image_wrap(&picture, pixels, 2, 2, 2, SEG_U8, 1));
    all_options options;
    seg_params_init(&options, &table);
    ck_assert_ok(seg_params_set_picture(&options, &table, "reference", &picture));
    ck_assert_ptr_eq(options.reference, &picture);
    ck_assert_ok(parse(&options, "reference", "none"));
    ck_assert_ptr_null(options.reference);
    ck_assert_fails(parse(&options, "reference", "a.png"), SEG_ERROR_OPTION,
                    "seg_params_set_picture");
    ck_assert_ok(parse(&options, "seeds", "1,1"));
    ck_assert_ok(seg_params_set_picture(&options, &table, "seeds", &picture));
    ck_assert_int_eq(options.seeds.kind, SEG_SEEDS_PICTURE);
    ck_assert_ok(seg_params_check(&options, &table));
    all_options copy;
    ck_assert_ok(seg_params_copy(&copy, &options, &table, NULL));
    ck_assert_ptr_eq(copy.seeds.picture, &picture);
    ck_assert_ptr_null(copy.seeds.points);
    seg_params_clear(&copy, &table, NULL);
    ck_assert_ok(seg_params_set_picture(&options, &table, "seeds", NULL));
    ck_assert_int_eq(options.seeds.kind, SEG_SEEDS_AUTO);
    ck_assert_fails(seg_params_set_picture(&options, &table, "sigma", &picture), SEG_ERROR_OPTION,
                    "sigma takes no picture");
    ck_assert_fails(seg_params_set_picture(&options, &table, "referense", &picture),
                    SEG_ERROR_OPTION, "\"reference\"");
    ck_assert_fails(seg_params_set_picture(NULL, &table, "reference", &picture), SEG_ERROR_OPTION,
                    "NULL");
    seg_params_clear(&options, &table, NULL); /* and the points from before the picture */
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(checking) {
    all_options good, options;
    seg_params_init(&good, &table);
    ck_assert_fails(seg_params_check(NULL, &table), SEG_ERROR_OPTION, "options is missing");
#define BREAK(change, words)                                                                       \
    do {                                                                                           \
        options = good;                                                                            \
        change;                                                                                    \
        ck_assert_fails(seg_params_check(&options, &table), SEG_ERROR_OPTION, words);              \
    } while (0)
    BREAK(options.size = 0, "options.size is 0");
    BREAK(options.size--, "this version has");
    BREAK(options.size++, "this version has");
    BREAK(memset(&options.invert, 2, 1), "invert is neither");
    BREAK(options.count = -6, "count is out of range (got -6, allowed -5 to 1000 frames)");
    BREAK(options.sigma = NAN, "sigma is out of range (got nan");
    BREAK(options.sigma = INFINITY, "sigma is out of range (got inf");
    BREAK(options.sigma = -1e-9, "sigma is out of range (got -1e-9");
    BREAK(options.norm = 3, "norm is out of range (got 3, allowed 0 to 2: l1, l2 or max-norm)");
    BREAK(options.norm = -1, "norm is out of range (got -1");
    BREAK(options.level.kind = 5, "level has no valid kind of level (got 5");
    BREAK(options.level.rule = 4, "no valid automatic rule (got 4");
    BREAK(options.level = ((seg_level){SEG_LEVEL_8BIT, 0, 300}), "level is out of range (got 300");
    BREAK(options.level = ((seg_level){SEG_LEVEL_PERCENT, 0, NAN}),
          "level is out of range (got nan%");
    BREAK(options.level = ((seg_level){SEG_LEVEL_RAW, 0, NAN}), "0 and more");
    BREAK(options.level = ((seg_level){SEG_LEVEL_RAW, 0, INFINITY}), "0 and more");
    BREAK(options.half_life.value = -1, "half-life is out of range (got -1s");
    BREAK(options.radius.value = 101, "radius is out of range (got 101%");
    BREAK(options.window.height = -1, "window");
    BREAK(options.seeds.kind = 3, "no valid kind (got 3");
    BREAK(options.seeds.kind = SEG_SEEDS_POINTS, "no points");
    BREAK(options.seeds.kind = SEG_SEEDS_PICTURE, "no picture");
    ck_assert_ok(seg_params_check(&good, &table));

    const seg_param bounded[] = {
        {"box", SEG_PARAM_RECT, FIELD(window), "0,0,1,1", -10, 100, NULL, "px", "", ""},
        {"odd", 99, FIELD(count), "1", 0, 1, NULL, "", "", ""}};
    const seg_param_table small = {bounded, 1, sizeof(all_options)};
    seg_params_init(&options, &small);
    options.window = (seg_rect){-10, 100, 0, 100};
    ck_assert_ok(seg_params_check(&options, &small));
    options.window.x = -11;
    ck_assert_fails(seg_params_check(&options, &small), SEG_ERROR_OPTION, "-10 to 100");
    options.window = (seg_rect){0, 0, -1, 0};
    ck_assert_fails(seg_params_check(&options, &small), SEG_ERROR_OPTION, "-1 x 0");
    const seg_param_table odd = {bounded + 1, 1, sizeof(all_options)};
    seg_params_init(&options, &odd);
    ck_assert_fails(seg_params_check(&options, &odd), SEG_ERROR_OPTION, "unknown type 99");
    ck_assert_fails(seg_params_parse(&options, &odd, "odd", "1", NULL), SEG_ERROR_OPTION,
                    "type 99");
}
END_TEST

START_TEST(some_whole_numbers) {
    static const char *const sides[] = {"3", "5", "7", NULL}, *const odd[] = {SEG_PARAM_ODD, NULL};
    static const char *const both[] = {"0", SEG_PARAM_ODD, NULL};
    const seg_param some[] = {{"side", SEG_PARAM_INT, FIELD(count), "3", 3, 7, sides, "px", "", ""},
                              {"odd", SEG_PARAM_INT, FIELD(count), "-1", -5, 9, odd, "", "", ""},
                              {"both", SEG_PARAM_INT, FIELD(count), "0", 0, 9, both, "", "", ""}};
    static const int allowed[3][16] = {
        {3, 5, 7, 99}, {-5, -3, -1, 1, 3, 5, 7, 9, 99}, {0, 1, 3, 5, 7, 9, 99}};
    static const char *const words[] = {"side has no valid value (got %s px, allowed 3, 5 or 7)",
                                        "got %s, allowed odd numbers from -5 to 9)",
                                        "got %s, allowed 0 or odd numbers from 0 to 9)"};
    for (int i = 0; i < 3; i++) {
        const seg_param_table one = {&some[i], 1, sizeof(all_options)};
        all_options options;
        seg_params_init(&options, &one);
        ck_assert_ok(seg_params_check(&options, &one));
        for (int value = -8, next = 0; value < 20; value++) {
            char text[16], message[96];
            snprintf(text, sizeof text, "%d", value);
            snprintf(message, sizeof message, words[i], text);
            options.count = value;
            if (value == allowed[i][next]) {
                next++;
                ck_assert_ok(seg_params_check(&options, &one));
                ck_assert_ok(seg_params_parse(&options, &one, some[i].name, text, NULL));
                continue;
            }
            ck_assert_fails(seg_params_check(&options, &one), SEG_ERROR_OPTION, message);
            ck_assert_fails(seg_params_parse(&options, &one, some[i].name, text, NULL),
                            SEG_ERROR_OPTION, message);
        }
        ck_assert_fails(seg_params_parse(&options, &one, some[i].name, "3.5", NULL),
                        SEG_ERROR_OPTION, i ? "odd numbers from" : "allowed 3, 5 or 7");
        ck_assert_fails(seg_params_parse(&options, &one, some[i].name, "1e99", NULL),
                        SEG_ERROR_OPTION, "no valid value");
    }
}
END_TEST

START_TEST(texts_come_back) {
    const struct {
        const char *name, *text, *written;
    } values[] = {{"invert", "yes", "true"},
                  {"invert", "off", "false"},
                  {"count", "1e3", "1000"},
                  {"sigma", "0.10", "0.1"},
                  {"norm", "max_norm", "max-norm"},
                  {"level", "50.0", "50"},
                  {"level", "20 %", "20%"},
                  {"level", "P90", "p90"},
                  {"level", "12000RAW", "12000raw"},
                  {"level", "auto", "auto"},
                  {"level", "auto:noise", "auto:noise"},
                  {"half-life", "200", "200f"},
                  {"half-life", "500ms", "0.5s"},
                  {"radius", "15px", "15"},
                  {"radius", "0.5%", "0.5%"},
                  {"window", "1, 2, 3, 4", "1,2,3,4"},
                  {"seeds", "1,2; 3,4;", "1,2;3,4"},
                  {"seeds", "AUTO", "auto"},
                  {"reference", "none", "none"}};
    all_options options, again;
    seg_params_init(&options, &table);
    seg_params_init(&again, &table);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const seg_param *param = seg_params_find(&table, values[i].name);
        char text[64], back[64];
        ck_assert_ok(parse(&options, values[i].name, values[i].text));
        int length = seg_params_format(text, sizeof text, &options, param);
        ck_assert_str_eq(text, values[i].written);
        ck_assert_int_eq(length, (int)strlen(text));
        ck_assert_ok(parse(&again, values[i].name, text));
        seg_params_format(back, sizeof back, &again, param);
        ck_assert_str_eq(back, text);
        /* too little room: cut, ended, and the length that it needs */
        for (size_t room = 0; room <= strlen(values[i].written) + 1; room++) {
            memset(text, '#', sizeof text);
            ck_assert_int_eq(seg_params_format(text, room, &options, param), length);
            ck_assert_int_eq(text[room], '#');
            if (room)
                ck_assert_uint_eq(strlen(text),
                                  room - 1 < (size_t)length ? room - 1 : (size_t)length);
        }
    }
    char text[64];
    uint8_t pixel = 0;
    seg_image picture = {0};
    ck_assert_ok(seg_image_wrap(&picture, &pixel, 1, 1, 1, SEG_U8, 1));
    ck_assert_ok(seg_params_set_picture(&options, &table, "reference", &picture));
    ck_assert_ok(seg_params_set_picture(&options, &table, "seeds", &picture));
    seg_params_format(text, sizeof text, &options, seg_params_find(&table, "reference"));
    ck_assert_str_eq(text, "picture");
    seg_params_format(text, sizeof text, &options, seg_params_find(&table, "seeds"));
    ck_assert_str_eq(text, "picture");
    seg_params_clear(&options, &table, NULL);
    seg_params_clear(&again, &table, NULL);
}
END_TEST

START_TEST(copies_are_deep) {
    int64_t live = seg_memory_live();
    all_options source, copy;
    seg_params_init(&source, &table);
    ck_assert_ok(parse(&source, "seeds", "1,2;3,4"));
    ck_assert_ok(parse(&source, "marks", "5,6"));
    ck_assert_ok(parse(&source, "sigma", "3"));
    ck_assert_ok(seg_params_copy(&copy, &source, &table, NULL));
    ck_assert_double_eq(copy.sigma, 3);
    ck_assert_ptr_ne(copy.seeds.points, source.seeds.points);
    seg_params_clear(&source, &table, NULL);
    ck_assert_int_eq(copy.seeds.points[1].y, 4);
    ck_assert_int_eq(copy.marks.points[0].x, 5);
    /* every allocation may fail: nothing leaks, the target is clean */
    for (int64_t n = 1; n <= 3; n++) {
        all_options second;
        seg_memory_fail_at(n);
        seg_status status = seg_params_copy(&second, &copy, &table, NULL);
        seg_memory_fail_at(0);
        ck_assert_int_eq(status, n <= 2 ? SEG_ERROR_MEMORY : SEG_OK);
        ck_assert_ok(seg_params_check(&second, &table));
        ck_assert_double_eq(second.sigma, n <= 2 ? 1.4 : 3);
        seg_params_clear(&second, &table, NULL);
    }
    for (int64_t n = 1; n <= 3; n++) { /* 10 points: the list grows twice */
        all_options second;
        seg_params_init(&second, &table);
        seg_memory_fail_at(n);
        seg_status status = parse(&second, "seeds", "1,1;2,2;3,3;4,4;5,5;6,6;7,7;8,8;9,9;10,10");
        seg_memory_fail_at(0);
        ck_assert_int_eq(status, n <= 2 ? SEG_ERROR_MEMORY : SEG_OK);
        ck_assert_int_eq(second.seeds.kind, n <= 2 ? SEG_SEEDS_AUTO : SEG_SEEDS_POINTS);
        seg_params_clear(&second, &table, NULL);
    }
    copy.sigma = -1;
    all_options third;
    ck_assert_fails(seg_params_copy(&third, &copy, &table, NULL), SEG_ERROR_OPTION, "sigma");
    ck_assert_double_eq(third.sigma, 1.4);
    seg_params_clear(&copy, &table, NULL);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

/* Any text at all: refused or taken, never more. */
START_TEST(noise_is_refused_in_good_order) {
    static const char letters[] = "0123456789.,;:%+-eEpsmfraw autotsuL\t\x80";
    int64_t live = seg_memory_live();
    uint32_t state = 1;
    all_options options;
    seg_params_init(&options, &table);
    for (int round = 0; round < 30000; round++) {
        char text[16];
        size_t length = 0;
        for (; length < sizeof text - 1; length++) {
            state = state * 1664525u + 1013904223u;
            if (state >> 29 == 0) break;
            text[length] = letters[(state >> 8) % (sizeof letters - 1)];
        }
        text[length] = '\0';
        const char *name = items[(state >> 4) % 11].name;
        seg_status status = parse(&options, name, text);
        if (status != SEG_OK && status != SEG_ERROR_OPTION) ck_abort_msg("%s = %s", name, text);
        if (seg_params_check(&options, &table) != SEG_OK) ck_abort_msg("%s = %s", name, text);
    }
    seg_params_clear(&options, &table, NULL);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

CORE_MAIN("core_params", defaults, finding, booleans_and_numbers, levels,
          durations_sizes_rectangles, seed_points, pictures, checking, some_whole_numbers,
          texts_come_back, copies_are_deep, noise_is_refused_in_good_order)
