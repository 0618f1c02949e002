/* Any text as the value of any parameter, and under any name: what is taken is in range and is
 * written as a text that means the same. */
#include "fuzz_data.h"

enum { OPTIONS_SIZE = 1024, TEXT_SIZE = 4096 };

static void check_options(const void *options, const seg_param_table *table) {
    FUZZ_CHECK(seg_params_check(options, table) == SEG_OK);
    _Alignas(16) unsigned char copy[OPTIONS_SIZE];
    FUZZ_CHECK(seg_params_copy(copy, options, table, NULL) == SEG_OK);
    for (int32_t i = 0; i < table->count; i++) {
        const seg_param *param = &table->items[i];
        if (param->type == SEG_PARAM_PICTURE) continue;
        char first[TEXT_SIZE], second[TEXT_SIZE];
        if (seg_params_format(first, sizeof first, options, param) >= TEXT_SIZE) continue;
        FUZZ_CHECK(seg_params_parse(copy, table, param->name, first, NULL) == SEG_OK);
        FUZZ_CHECK(seg_params_format(second, sizeof second, copy, param) < TEXT_SIZE);
        FUZZ_CHECK(strcmp(first, second) == 0);
    }
    seg_params_clear(copy, table, NULL);
}

/* The table of one of the methods and metrics. */
static const seg_param_table *choose(uint32_t number) {
    static const seg_param_table none = {NULL, 0, sizeof(size_t)};
    int32_t methods, metrics;
    const seg_method *const *all = seg_methods(&methods);
    const seg_metric *const *others = seg_metrics(&metrics);
    number %= (uint32_t)(methods + metrics);
    if (number < (uint32_t)methods) return all[number]->params;
    const seg_param_table *table = others[number - (uint32_t)methods]->params;
    return table ? table : &none;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data data = {bytes, size};
    const seg_param_table *table = choose(fuzz_byte(&data));
    _Alignas(16) unsigned char options[OPTIONS_SIZE];
    FUZZ_CHECK(table->options_size <= OPTIONS_SIZE);
    seg_params_init(options, table);
    const uint32_t which = fuzz_byte(&data);
    char *text = fuzz_rest(&data);
    if (which == 255 || table->count == 0) {
        /* the text is a name */
        const seg_status status = seg_params_parse(options, table, text, "1", NULL);
        FUZZ_CHECK(status == SEG_OK || status == SEG_ERROR_OPTION);
        (void)seg_method_find(text);
        (void)seg_method_nearest(text);
        (void)seg_metric_find(text);
        (void)seg_metric_nearest(text);
    } else {
        const seg_param *param = &table->items[which % (uint32_t)table->count];
        const seg_status status = seg_params_parse(options, table, param->name, text, NULL);
        FUZZ_CHECK(status == SEG_OK || status == SEG_ERROR_OPTION);
        if (status < 0) FUZZ_CHECK(strstr(seg_error_detail(), param->name));
    }
    check_options(options, table);
    seg_params_clear(options, table, NULL);
    free(text);
    return 0;
}
