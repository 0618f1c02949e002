#include "common/parameters.h"
#include "common/text.h"
#include <stdlib.h>

static json_t *describe(const void *options, const seg_param *param) {
    int length = seg_params_format(NULL, 0, options, param);
    char *shown = memory_get((size_t)(length < 0 ? 0 : length) + 1, 1);
    json_t *value;
    seg_params_format(shown, (size_t)length + 1, options, param);
    if (param->type == SEG_PARAM_PICTURE)
        value = json_null();
    else if (param->type == SEG_PARAM_BOOL)
        value = json_boolean(text_equal(shown, "true"));
    else if (param->type == SEG_PARAM_INT)
        value = json_integer(strtoll(shown, NULL, 10));
    else if (param->type == SEG_PARAM_FLOAT)
        value = json_real(strtod(shown, NULL));
    else
        value = json_string(shown);
    free(shown);
    return value;
}

json_t *parameters_describe(const void *options, const seg_param_table *table, json_t *named) {
    json_t *all = json_object();
    for (int32_t i = 0; i < table->count; i++) {
        const seg_param *param = &table->items[i];
        json_t *name = named ? json_object_get(named, param->name) : NULL;
        json_object_set_new(all, param->name, name ? json_incref(name) : describe(options, param));
    }
    return all;
}
