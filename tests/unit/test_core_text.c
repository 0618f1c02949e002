/* Numbers without a locale, nearest names. */
#include "core_main.h"

#include "core/random.h"
#include "core/text.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

static double number(const char *text, int length) {
    double value = -12345;
    const char *end;
    ck_assert_msg(seg_text_to_number(&value, &end, text), "\"%s\" is refused", text);
    ck_assert_msg(end - text == length, "\"%s\" ends after %d", text, (int)(end - text));
    return value;
}

START_TEST(numbers_by_hand) {
    ck_assert_double_eq(number("0", 1), 0);
    ck_assert_double_eq(number("15", 2), 15);
    ck_assert_double_eq(number("+15", 3), 15);
    ck_assert_double_eq(number("-1.5", 4), -1.5);
    ck_assert_double_eq(number("0.1", 3), 0.1);
    ck_assert_double_eq(number(".5", 2), 0.5);
    ck_assert_double_eq(number("5.", 2), 5);
    ck_assert_double_eq(number("1e3", 3), 1000);
    ck_assert_double_eq(number("1E+3", 4), 1000);
    ck_assert_double_eq(number("12.5e-1x", 7), 1.25);
    ck_assert_double_eq(number("007", 3), 7);
    ck_assert_double_eq(number("0.000", 5), 0);
    ck_assert(signbit(number("-0", 2)));
    /* what follows is the caller's: units */
    ck_assert_double_eq(number("8s", 1), 8);
    ck_assert_double_eq(number("20%", 2), 20);
    ck_assert_double_eq(number("3e", 1), 3);
    ck_assert_double_eq(number("3e+", 1), 3);
    ck_assert_double_eq(number("3 e5", 1), 3);
    ck_assert_double_eq(number("1,5", 1), 1);
    ck_assert_double_eq(number("1.2.3", 3), 1.2);
    ck_assert_double_eq(number("0x10", 1), 0);
    ck_assert_double_eq(number("1e-9999", 7), 0);
    ck_assert_double_eq(number("0e9999999999999999999", 21), 0);
    const char *const refused[] = {"",        "-",   "+",  ".",   "e5",  "x",     " 1",
                                   "--1",     "+-1", "-.", "nan", "inf", "1e309", "1e99999999999",
                                   "-1.8e308"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        double value = 77;
        const char *end = NULL;
        ck_assert_msg(!seg_text_to_number(&value, &end, refused[i]), "\"%s\" is taken", refused[i]);
        ck_assert_double_eq(value, 77);
        ck_assert_ptr_null(end);
    }
}
END_TEST

START_TEST(hard_numbers_are_exactly_rounded) {
    /* halfway and next to it, the largest, the smallest, long ones */
    const char *const texts[] = {
        "9007199254740993",
        "9007199254740992.9999999999999999999999999999999999999999",
        "9007199254740993.0000000000000000000000000000000000000001",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558"
        "63276687817154045895351438246423432132688946418276846754670353751698604991057655128207624"
        "54900903893289440758685084551339423045832369032229481658085593321233477479782620414472316"
        "8738177180919299881250404026184124858368",
        "4.9406564584124654e-324",
        "2.4703282292062327208e-324",
        "2.4703282292062327209e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1e22",
        "1e23",
        "123456789012345678901234567890",
        "0.000000000000000000000000000000000000000000000000000000000000000000000000000000012345",
        "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(number(texts[i], (int)strlen(texts[i])) == strtod(texts[i], NULL),
                      "%s is %a, not %a", texts[i], number(texts[i], (int)strlen(texts[i])),
                      strtod(texts[i], NULL));
    /* a tie of 752 digits, and what a single digit far behind it makes of it */
    char tie[2000];
    snprintf(tie, sizeof tie, "%.1074f", 0x1p-1074);
    size_t length = strlen(tie);
    ck_assert_double_eq(number(tie, (int)length), 0x1p-1074);
    snprintf(tie, sizeof tie, "1%0900d", 0);
    ck_assert(!seg_text_to_number(&(double){0}, &(const char *){0}, tie));
    /* 2^53 + 1 as 1000 digits after the point, and a 1 in the last place */
    snprintf(tie, sizeof tie, "9007199254740993.%01000d", 0);
    ck_assert_double_eq(number(tie, (int)strlen(tie)), 9007199254740992.0);
    tie[strlen(tie) - 1] = '1';
    ck_assert_double_eq(number(tie, (int)strlen(tie)), 9007199254740994.0);
}
END_TEST

START_TEST(random_numbers_like_strtod) {
    seg_random stream = seg_random_stream(3, 0, 0);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t words[4];
        double value;
        char text[64];
        seg_random_words(words, &stream, i);
        memcpy(&value, words, sizeof value);
        if (!isfinite(value)) continue;
        snprintf(text, sizeof text, "%.*g", (int)(words[2] % 25), value);
        double wanted = strtod(text, NULL);
        if (isinf(wanted)) continue;
        double got = -1;
        const char *end;
        bool taken = seg_text_to_number(&got, &end, text);
        if (!taken || got != wanted || *end) ck_abort_msg("%s is %a, not %a", text, got, wanted);
        /* simple decimals, as people type them */
        snprintf(text, sizeof text, "%u.%03u", words[2] % 1000, words[3] % 1000);
        if (!seg_text_to_number(&got, &end, text) || got != strtod(text, NULL))
            ck_abort_msg("%s is %a", text, got);
    }
}
END_TEST

static void check_written(double value, const char *expected) {
    char text[SEG_NUMBER_SIZE];
    int length = seg_text_from_number(text, value);
    ck_assert_str_eq(text, expected);
    ck_assert_int_eq(length, (int)strlen(expected));
}

START_TEST(written_numbers) {
    check_written(0, "0");
    check_written(1, "1");
    check_written(-1.5, "-1.5");
    check_written(0.1, "0.1");
    check_written(100, "100");
    check_written(1000000, "1000000");
    check_written(123456.75, "123456.75");
    check_written(0.001, "0.001");
    check_written(0.00001234, "0.00001234");
    check_written(0.000001234, "1.234e-6");
    check_written(1e15, "1000000000000000");
    check_written(1e16, "1e16");
    check_written(1.25e300, "1.25e300");
    check_written(1.0 / 3, "0.3333333333333333");
    check_written(DBL_MAX, "1.7976931348623157e308");
    check_written(0x1p-1074, "5e-324");
    check_written(INFINITY, "inf");
    check_written(-INFINITY, "-inf");
    check_written(NAN, "nan");
    check_written(INT32_MIN, "-2147483648");
    seg_random stream = seg_random_stream(4, 0, 0);
    for (uint32_t i = 0; i < 4000; i++) {
        uint32_t words[4];
        double value, back;
        char text[SEG_NUMBER_SIZE];
        const char *end;
        seg_random_words(words, &stream, i);
        memcpy(&value, words, sizeof value);
        if (i % 2) value = (int32_t)words[2] / 1000.0;
        if (!isfinite(value)) continue;
        int length = seg_text_from_number(text, value);
        if (length >= SEG_NUMBER_SIZE || !seg_text_to_number(&back, &end, text) || *end ||
            back != value)
            ck_abort_msg("%a is written as %s", value, text);
    }
}
END_TEST

START_TEST(a_comma_locale_changes_nothing) {
    const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < 4 && !found; i++)
        found = setlocale(LC_ALL, names[i]) != NULL;
    if (!found) printf("no locale with a decimal comma here: tested in the C locale\n");
    ck_assert_double_eq(number("1.5", 3), 1.5);
    ck_assert_double_eq(number("1,5", 1), 1);
    check_written(-2.75, "-2.75");
    check_written(1.5e-30, "1.5e-30");
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(distances) {
    ck_assert_int_eq(seg_text_distance("", ""), 0);
    ck_assert_int_eq(seg_text_distance("abc", ""), 3);
    ck_assert_int_eq(seg_text_distance("", "abc"), 3);
    ck_assert_int_eq(seg_text_distance("canny", "canny"), 0);
    ck_assert_int_eq(seg_text_distance("cany", "canny"), 1);
    ck_assert_int_eq(seg_text_distance("cnany", "canny"), 1); /* neighbours exchanged */
    ck_assert_int_eq(seg_text_distance("kitten", "sitting"), 3);
    ck_assert_int_eq(seg_text_distance("half_life", "half-life"), 0);
    ck_assert_int_eq(seg_text_distance("Sigma", "sigma"), 0);
    ck_assert_int_eq(seg_text_distance("sigma", "low"), 5);
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ck_assert_int_eq(seg_text_distance(longer, ""), 63);
    ck_assert_int_eq(seg_text_distance(longer, longer), 0);
}
END_TEST

START_TEST(nearest_names) {
    const char *const names[] = {"sigma", "low", "high", "norm", "aperture", "half-life"};
    ck_assert_int_eq(seg_text_nearest("sigm", names, 6), 0);
    ck_assert_int_eq(seg_text_nearest("simga", names, 6), 0);
    ck_assert_int_eq(seg_text_nearest("lo", names, 6), 1);
    ck_assert_int_eq(seg_text_nearest("hihg", names, 6), 2);
    ck_assert_int_eq(seg_text_nearest("apertur", names, 6), 4);
    ck_assert_int_eq(seg_text_nearest("halflife", names, 6), 5);
    ck_assert_int_eq(seg_text_nearest("connectivity", names, 6), -1);
    ck_assert_int_eq(seg_text_nearest("zzz", names, 6), -1);
    ck_assert_int_eq(seg_text_nearest("", names, 6), -1);
    ck_assert_int_eq(seg_text_nearest("sigma", names, 0), -1);
    ck_assert(seg_text_same_name("half_life", "half-life"));
    ck_assert(!seg_text_same_name("half-life", "half-lif"));
    ck_assert(!seg_text_same_name("half", "half-life"));
    ck_assert(!seg_text_same_name("Sigma", "sigma"));
}
END_TEST

CORE_MAIN("core_text", numbers_by_hand, hard_numbers_are_exactly_rounded,
          random_numbers_like_strtod, written_numbers, a_comma_locale_changes_nothing, distances,
          nearest_names)
