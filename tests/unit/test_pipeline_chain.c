/* Chains: the grammar, and messages that name the place of a mistake. */
#include "core/memory.h"
#include "core_main.h"
#include "pipeline/chain.h"
#include <segment/augment.h>

static const seg_env env;

static seg_status parse_post(seg_chain *chain, const char *text) {
    return seg_chain_create(chain, text, "post", SEG_INPUT_MASK | SEG_INPUT_LABELS,
                            SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS, &env);
}

static seg_status parse_pre(seg_chain *chain, const char *text) {
    return seg_chain_create(chain, text, "pre", SEG_INPUT_PICTURE, SEG_OUTPUT_PICTURE, &env);
}

/* The value of a step's parameter, as text. */
static const char *value(const seg_chain *chain, int32_t step, const char *name) {
    static char text[64];
    const seg_step *s = &chain->steps[step];
    const seg_param *param = seg_params_find(s->method->params, name);
    ck_assert_ptr_nonnull(param);
    seg_params_format(text, sizeof text, s->options, param);
    return text;
}

START_TEST(empty_chains) {
    static const char *const texts[] = {NULL, "", "   ", "\n"};
    seg_chain chain;
    ck_assert_ok(parse_post(&chain, texts[_i]));
    ck_assert_int_eq(chain.count, 0);
    seg_chain_free(&chain);
}
END_TEST

START_TEST(all_forms) {
    seg_chain chain;
    ck_assert_ok(parse_post(&chain, "open(5),close=7 , fill-holes,min_area( area = 20 ),"
                                    "dilate(9,cross) ,erode(element=disk,side=11),largest()"));
    ck_assert_int_eq(chain.count, 7);
    static const char *const ids[] = {"open",   "close", "fill-holes", "min-area",
                                      "dilate", "erode", "largest"};
    for (int32_t i = 0; i < 7; i++)
        ck_assert_str_eq(chain.steps[i].method->id, ids[i]);
    ck_assert_str_eq(value(&chain, 0, "side"), "5");
    ck_assert_str_eq(value(&chain, 0, "element"), "square");
    ck_assert_str_eq(value(&chain, 1, "side"), "7");
    ck_assert_str_eq(value(&chain, 3, "area"), "20");
    ck_assert_str_eq(value(&chain, 4, "side"), "9");
    ck_assert_str_eq(value(&chain, 4, "element"), "cross");
    ck_assert_str_eq(value(&chain, 5, "side"), "11");
    ck_assert_str_eq(value(&chain, 5, "element"), "disk");
    ck_assert_str_eq(value(&chain, 6, "count"), "1");
    seg_chain_free(&chain);
    ck_assert_ok(parse_pre(&chain, "gaussian(1.4),median=5"));
    ck_assert_int_eq(chain.count, 2);
    ck_assert_str_eq(value(&chain, 0, "sigma"), "1.4");
    seg_chain_free(&chain);
}
END_TEST

static const struct {
    const char *text, *first, *second;
} mistakes[] = {
    {"opne(3)", "post, column 1: there is no operation \"opne\"", "did you mean \"open\"?"},
    {"open(3), clsoe", "post, column 10: ", "\"close\""},
    {"qqqqqqqq", "column 1: there is no such operation", "allowed open, close"},
    {"otsu", "no operation for post (got \"otsu\"", "allowed open"},
    {"gaussian(2)", "no operation for post (got \"gaussian\"", "largest"},
    {"open(3", "column 7: the chain ends early", "\",\" or \")\""},
    {"open(", "column 6: the chain ends early", "a value"},
    {"open(3,)", "column 8: is no chain (got \")\"", "a value"},
    {"open(,3)", "column 6: is no chain (got \",3)\"", "a value"},
    {"open(3)close", "column 8: is no chain (got \"close\"", "the next operation"},
    {"open,", "column 6: the chain ends early", "the name of an operation"},
    {",open", "column 1: is no chain (got \",open\"", "the name of an operation"},
    {"open)", "column 5: is no chain (got \")\"", "the next operation"},
    {"open(sied=3)", "column 6: open: ", "did you mean \"side\"?"},
    {"open(side=)", "column 11: is no chain (got \")\"", "a value"},
    {"open=", "column 6: the chain ends early", "a value"},
    {"open(side=3,5)", "column 13: open: \"5\" needs the name", "others before"},
    {"largest(1,8,9)", "column 13: largest: \"9\" is one value too many", "2 parameters"},
    {"open(x)", "column 6: open: side has no valid value (got \"x\"", "odd numbers from 1 to 1023"},
    {"dilate(3,round)", "column 10: dilate: element has no valid value (got \"round\"",
     "square, disk, cross or ellipse"},
    {"fill-holes,open(99999999)", "column 17: open: side", "odd numbers from 1 to 1023"},
    {"erode(4)", "column 7: erode: ", "odd"},
    {"dilate(side=3,side=5)", "column 15: dilate: side is given twice", "(got \"5\", too)"},
    {"dilate(3,side=5)", "column 10: dilate: side is given twice", "(got \"5\", too)"},
    {"open((3))", "column 6: is no chain (got \"((3))\"", NULL},
};

START_TEST(places_of_mistakes) {
    seg_chain chain;
    const int64_t live = seg_memory_live();
    const char *first = mistakes[_i].first;
    if (mistakes[_i].second == NULL) first = "column 6: is no chain";
    ck_assert_fails(parse_post(&chain, mistakes[_i].text), SEG_ERROR_OPTION, first);
    if (mistakes[_i].second)
        ck_assert_msg(strstr(seg_error_detail(), mistakes[_i].second) != NULL,
                      "\"%s\" lacks \"%s\"", seg_error_detail(), mistakes[_i].second);
    ck_assert_int_eq(chain.count, 0);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(words_without_end) {
    char text[1000];
    seg_chain chain;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_fails(parse_post(&chain, text), SEG_ERROR_OPTION, "999 characters");
}
END_TEST

START_TEST(chains_without_end) {
    static char text[1001 * 5 + 1];
    seg_chain chain;
    for (int i = 0; i < 1001; i++)
        memcpy(text + 5 * i, "open,", 5);
    text[1000 * 5 - 1] = '\0';
    ck_assert_ok(parse_post(&chain, text));
    ck_assert_int_eq(chain.count, 1000);
    seg_chain_free(&chain);
    text[1000 * 5 - 1] = ',';
    text[1001 * 5 - 1] = '\0';
    ck_assert_fails(parse_post(&chain, text), SEG_ERROR_OPTION,
                    "post, column 5001: more than 1000 operations");
}
END_TEST

/* Which parameters were given is kept in 64 bits. */
START_TEST(no_operation_has_too_many_parameters) {
    int32_t methods, augmentations;
    const seg_method *const *all = seg_methods(&methods);
    const seg_augmentation *const *others = seg_augmentations(&augmentations);
    for (int32_t i = 0; i < methods; i++)
        ck_assert_int_le(all[i]->params ? all[i]->params->count : 0, 64);
    for (int32_t i = 0; i < augmentations; i++)
        ck_assert_int_le(others[i]->params->count, 64);
}
END_TEST

START_TEST(pre_takes_picture_operations) {
    seg_chain chain;
    ck_assert_fails(parse_pre(&chain, "largest(3)"), SEG_ERROR_OPTION, "no operation for pre");
    ck_assert_fails(parse_pre(&chain, "canny"), SEG_ERROR_OPTION, "gaussian, median");
    /* masks and pictures have operations of one name */
    ck_assert_int_eq(parse_pre(&chain, "open(3),top-hat=5"), SEG_OK);
    ck_assert_str_eq(chain.steps[0].method->id, "grey-open");
    ck_assert_str_eq(chain.steps[1].method->id, "grey-top-hat");
    seg_chain_free(&chain);
}
END_TEST

START_TEST(memory_failures) {
    const int64_t live = seg_memory_live();
    int n = 1;
    for (;; n++) {
        seg_chain chain;
        seg_memory_fail_at(n);
        const seg_status status = parse_post(&chain, "open(3),min-area(9),largest");
        seg_memory_fail_at(0);
        if (status >= 0) {
            seg_chain_free(&chain);
            break;
        }
        ck_assert_int_eq(status, SEG_ERROR_MEMORY);
        ck_assert_int_eq(seg_memory_live(), live);
    }
    ck_assert_int_gt(n, 6);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("chain");
    TCase *cases = tcase_create("chain");
    tcase_add_loop_test(cases, empty_chains, 0, 4);
    tcase_add_test(cases, all_forms);
    tcase_add_loop_test(cases, places_of_mistakes, 0, sizeof mistakes / sizeof *mistakes);
    tcase_add_test(cases, words_without_end);
    tcase_add_test(cases, chains_without_end);
    tcase_add_test(cases, no_operation_has_too_many_parameters);
    tcase_add_test(cases, pre_takes_picture_operations);
    tcase_add_test(cases, memory_failures);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
