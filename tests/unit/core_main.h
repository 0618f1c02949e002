/* What all core test programs share: running one case, and reading the error detail. */
#ifndef SEG_TESTS_CORE_MAIN_H
#define SEG_TESTS_CORE_MAIN_H

#include <check.h>
#include <segment/status.h>
#include <stdlib.h>
#include <string.h>

/* Runs `count` tests as the suite `name`; the program's exit code. */
static inline int core_run(const char *name, const TTest *const *tests, size_t count) {
    Suite *suite = suite_create(name);
    TCase *cases = tcase_create(name);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(cases, tests[i]);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define CORE_MAIN(name, ...)                                                                       \
    int main(void) {                                                                               \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        return core_run(name, tests, sizeof tests / sizeof *tests);                                \
    }

/* The call failed with `status`, and its detail line holds `words`. */
#define ck_assert_fails(call, status, words)                                                       \
    do {                                                                                           \
        ck_assert_str_eq(seg_status_name(call), seg_status_name(status));                          \
        ck_assert_msg(strstr(seg_error_detail(), words) != NULL, "detail \"%s\" lacks \"%s\"",     \
                      seg_error_detail(), words);                                                  \
    } while (0)

#define ck_assert_ok(call) ck_assert_str_eq(seg_status_name(call), "SEG_OK")

#endif
