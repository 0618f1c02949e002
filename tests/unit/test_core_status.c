/* Statuses, the thread's detail line, and the checks of headers. */
#include "core_main.h"

#include "core/check.h"
#include <segment/segment.h>

#include <pthread.h>
#include <stdio.h>

START_TEST(names_and_texts) {
    ck_assert_str_eq(seg_status_name(SEG_OK), "SEG_OK");
    ck_assert_str_eq(seg_status_name(SEG_ERROR_MEMORY), "SEG_ERROR_MEMORY");
    ck_assert_str_eq(seg_status_text(SEG_ERROR_MEMORY), "out of memory");
    ck_assert_str_eq(seg_status_text(SEG_NO_RESULT_YET), "no result yet");
    ck_assert_str_eq(seg_status_text((seg_status)-999), "unknown status");
    ck_assert_str_eq(seg_status_name((seg_status)-999), "SEG_UNKNOWN");
    /* ABI: the numbers never change */
    ck_assert_int_eq(SEG_END, 2);
    ck_assert_int_eq(SEG_ERROR_ARGUMENT, -1);
    ck_assert_int_eq(SEG_ERROR_TRUNCATED, -11);
    ck_assert_str_eq(seg_version(), SEG_VERSION_STRING);
}
END_TEST

START_TEST(detail_is_kept_and_cut) {
    ck_assert_str_eq(seg_error_detail(), "");
    ck_assert_int_eq(seg_fail(SEG_ERROR_OPTION, "sigma is %d", -1), SEG_ERROR_OPTION);
    ck_assert_str_eq(seg_error_detail(), "sigma is -1");
    /* the old line may be an argument of the new one */
    ck_assert_int_eq(seg_fail(SEG_ERROR_DATA, "row 3: %s", seg_error_detail()), SEG_ERROR_DATA);
    ck_assert_str_eq(seg_error_detail(), "row 3: sigma is -1");
    char longer[3 * SEG_DETAIL_SIZE];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    seg_error_detail_set(longer);
    ck_assert_uint_eq(strlen(seg_error_detail()), SEG_DETAIL_SIZE - 1);
    ck_assert_int_eq(seg_fail(SEG_ERROR_DATA, "%s", longer), SEG_ERROR_DATA);
    ck_assert_uint_eq(strlen(seg_error_detail()), SEG_DETAIL_SIZE - 1);
}
END_TEST

static void *fail_in_thread(void *argument) {
    const char *before = seg_error_detail();
    bool clean = *before == '\0';
    (void)seg_fail(SEG_ERROR_DATA, "of the thread");
    *(bool *)argument = clean && strcmp(seg_error_detail(), "of the thread") == 0;
    return NULL;
}

START_TEST(detail_belongs_to_the_thread) {
    pthread_t thread;
    bool right = false;
    (void)seg_fail(SEG_ERROR_OPTION, "of main");
    ck_assert_int_eq(pthread_create(&thread, NULL, fail_in_thread, &right), 0);
    pthread_join(thread, NULL);
    ck_assert(right);
    ck_assert_str_eq(seg_error_detail(), "of main");
}
END_TEST

static seg_image header(void *data, int format, int channels) {
    seg_image image = {0};
    image.data = data;
    image.width = 4;
    image.height = 3;
    image.format = (uint8_t)format;
    image.channels = (uint8_t)channels;
    image.bits = (uint8_t)(8 * seg_format_size((seg_format)format));
    image.stride = (ptrdiff_t)(4 * seg_format_size((seg_format)format)) * channels;
    return image;
}

START_TEST(headers_are_checked) {
    _Alignas(16) static char memory[4 * 3 * 16];
    seg_image image = header(memory, SEG_U8, 3);
    const uint32_t u8 = SEG_FORMAT_BIT(SEG_U8);
    ck_assert_ok(seg_check_image(&image, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    ck_assert_fails(seg_check_image(NULL, "picture", u8, SEG_CHANNELS_ANY), SEG_ERROR_ARGUMENT,
                    "picture is missing");
    seg_image empty = {0};
    ck_assert_fails(seg_check_image(&empty, "picture", u8, SEG_CHANNELS_ANY), SEG_ERROR_ARGUMENT,
                    "picture is empty");
    ck_assert_fails(seg_check_image(&image, "picture", SEG_FORMAT_BIT(SEG_U16), SEG_CHANNELS_ANY),
                    SEG_ERROR_UNSUPPORTED, "picture has u8 samples (allowed: u16)");
    ck_assert_fails(seg_check_image(&image, "picture",
                                    SEG_FORMAT_BIT(SEG_U16) | SEG_FORMAT_BIT(SEG_F32) |
                                        SEG_FORMAT_BIT(SEG_LABEL32),
                                    SEG_CHANNELS_ANY),
                    SEG_ERROR_UNSUPPORTED, "(allowed: u16, f32 or label32)");
    ck_assert_fails(seg_check_image(&image, "picture", u8, 1u << 1 | 1u << 4),
                    SEG_ERROR_UNSUPPORTED, "picture has 3 channels (allowed: 1 or 4)");
    ck_assert_fails(seg_check_image(&image, "picture", u8, SEG_CHANNELS_1), SEG_ERROR_UNSUPPORTED,
                    "(allowed: 1)");

    const struct {
        int member;
        int64_t value;
        const char *words;
    } bad[] = {{0, 0, "0 x 3"},
               {0, -5, "-5 x 3"},
               {1, 0, "4 x 0"},
               {2, 0, "format"},
               {2, 5, "format of picture is 5"},
               {2, 255, "format"},
               {3, 0, "0 channels"},
               {3, 5, "5 channels"},
               {4, 7, "7 bits"},
               {4, 0, "0 bits"},
               {5, 11, "stride of picture is 11"},
               {5, -11, "stride of picture is -11"},
               {5, 0, "stride"},
               {5, INT64_MAX, "does not fit"},
               {5, INT64_MIN, "does not fit"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        seg_image wrong = image;
        switch (bad[i].member) {
        case 0:
            wrong.width = (int32_t)bad[i].value;
            break;
        case 1:
            wrong.height = (int32_t)bad[i].value;
            break;
        case 2:
            wrong.format = (uint8_t)bad[i].value;
            break;
        case 3:
            wrong.channels = (uint8_t)bad[i].value;
            break;
        case 4:
            wrong.bits = (uint8_t)bad[i].value;
            break;
        default:
            wrong.stride = (ptrdiff_t)bad[i].value;
        }
        ck_assert_fails(seg_check_image(&wrong, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY),
                        SEG_ERROR_ARGUMENT, bad[i].words);
    }
}
END_TEST

START_TEST(significant_bits_are_checked) {
    _Alignas(16) static char memory[4 * 3 * 2];
    seg_image image = header(memory, SEG_U16, 1);
    for (int bits = 0; bits <= 255; bits++) {
        image.bits = (uint8_t)bits;
        seg_status status = seg_check_image(&image, "x", SEG_ANY_PICTURE, SEG_CHANNELS_ANY);
        ck_assert_int_eq(status, bits >= 1 && bits <= 16 ? SEG_OK : SEG_ERROR_ARGUMENT);
    }
    image.bits = 12;
    ck_assert_double_eq(seg_image_full_scale(&image), 4095);
    image.bits = 16;
    ck_assert_double_eq(seg_image_full_scale(&image), 65535);
    image.format = SEG_U8;
    ck_assert_double_eq(seg_image_full_scale(&image), 255);
    image.format = SEG_F32;
    ck_assert_double_eq(seg_image_full_scale(&image), 1);
    image.format = SEG_LABEL32;
    ck_assert_double_eq(seg_image_full_scale(&image), INT32_MAX);
}
END_TEST

START_TEST(misaligned_samples_are_refused) {
    _Alignas(16) static char memory[4 * 4 * 8];
    seg_image image = header(memory + 1, SEG_F32, 1);
    ck_assert_fails(seg_check_image(&image, "x", SEG_ANY_PICTURE, SEG_CHANNELS_ANY),
                    SEG_ERROR_ARGUMENT, "not aligned");
    image = header(memory, SEG_F32, 1);
    image.stride = 18;
    ck_assert_fails(seg_check_image(&image, "x", SEG_ANY_PICTURE, SEG_CHANNELS_ANY),
                    SEG_ERROR_ARGUMENT, "not aligned");
}
END_TEST

START_TEST(masks_are_checked) {
    _Alignas(16) static char memory[4 * 3 * 4];
    seg_image mask = header(memory, SEG_U8, 1), empty = {0};
    ck_assert_ok(seg_check_mask(NULL, "ignore", 4, 3));
    ck_assert_ok(seg_check_mask(&empty, "ignore", 4, 3));
    ck_assert_ok(seg_check_mask(&mask, "ignore", 4, 3));
    ck_assert_fails(seg_check_mask(&mask, "ignore", 3, 4), SEG_ERROR_SHAPE,
                    "ignore is 4 x 3, the picture 3 x 4");
    mask = header(memory, SEG_F32, 1);
    ck_assert_fails(seg_check_mask(&mask, "ignore", 4, 3), SEG_ERROR_UNSUPPORTED, "f32");
    mask = header(memory, SEG_U8, 3);
    ck_assert_fails(seg_check_mask(&mask, "ignore", 4, 3), SEG_ERROR_UNSUPPORTED, "3 channels");
}
END_TEST

START_TEST(limits_are_checked) {
    ck_assert_ok(seg_check_limits(1, 1, NULL));
    ck_assert_ok(seg_check_limits(16384, 16384, NULL));
    ck_assert_fails(seg_check_limits(16384, 16385, NULL), SEG_ERROR_LIMIT, "268435456");
    ck_assert_fails(seg_check_limits(SEG_DEFAULT_MAX_SIDE + 1, 1, NULL), SEG_ERROR_LIMIT,
                    "1000001 x 1");
    ck_assert_fails(seg_check_limits(0, 5, NULL), SEG_ERROR_ARGUMENT, "0 x 5");
    ck_assert_fails(seg_check_limits(5, -1, NULL), SEG_ERROR_ARGUMENT, "5 x -1");
    ck_assert_fails(seg_check_limits(INT64_MAX, INT64_MAX, NULL), SEG_ERROR_LIMIT, "side");
    const seg_limits limits = {100, 20}, defaults = {0, 0};
    seg_env env = {.limits = &limits};
    ck_assert_ok(seg_check_limits(10, 10, &env));
    ck_assert_fails(seg_check_limits(10, 11, &env), SEG_ERROR_LIMIT, "100 pixels");
    ck_assert_fails(seg_check_limits(21, 1, &env), SEG_ERROR_LIMIT, "20 pixels");
    env.limits = &defaults;
    ck_assert_ok(seg_check_limits(16384, 16384, &env));
    ck_assert_fails(seg_check_limits(16384, 16385, &env), SEG_ERROR_LIMIT, "max-pixels");
}
END_TEST

CORE_MAIN("core_status", names_and_texts, detail_is_kept_and_cut, detail_belongs_to_the_thread,
          headers_are_checked, significant_bits_are_checked, misaligned_samples_are_refused,
          masks_are_checked, limits_are_checked)
