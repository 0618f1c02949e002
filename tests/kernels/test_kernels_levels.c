/* The tests of kernels compare every level that the library may choose: not fewer because they were
 * built otherwise than it was. */
#include "kernels/level.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

START_TEST(all_are_compared) {
#if defined(SEG_HAVE_AVX2)
    const bool compared = true;
#else
    const bool compared = false;
#endif
    ck_assert_msg(seg_cpu_level_set(SEG_CPU_AVX2) != SEG_CPU_AVX2 || compared,
                  "the library has kernels for AVX2, which no test looks at");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("levels of kernels");
    TCase *cases = tcase_create("levels");
    tcase_add_test(cases, all_are_compared);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
