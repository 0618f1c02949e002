/* The registry's rows are whole, their tables sane; wrong options get an error that names them. */
#include "contract/harness.h"

#include <math.h>

/* ---- rows ---- */

static bool is_name(const char *name) {
    if (!name || !*name) return false;
    for (const char *p = name; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-')) return false;
    return name[0] != '-' && name[strlen(name) - 1] != '-';
}

START_TEST(rows_are_whole) {
    const seg_method *method = contract_method(_i);
    ck_assert(is_name(method->id));
    ck_assert(method->title && *method->title);
    static const char *const families[] = {"threshold", "region", "edge",      "temporal",
                                           "motion",    "filter", "morphology"};
    bool known = false;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        known = known || strcmp(families[i], method->family) == 0;
    ck_assert_msg(known, "%s: family \"%s\"", method->id, method->family);
    ck_assert_ptr_nonnull(method->reference);
    ck_assert_int_eq(*method->reference != '\0', method->year > 0);
    ck_assert_uint_ne(method->formats, 0);
    ck_assert_uint_ne(method->channels & 30, 0);
    ck_assert_uint_ne(method->input, 0);
    ck_assert_uint_ne(method->outputs, 0);
    ck_assert_ptr_nonnull(method->params);
    ck_assert(method->create && method->apply && method->free);
    ck_assert_int_eq(method->lower != NULL, method->upper != NULL);
    for (int i = 0; i < 2 && method->lower; i++) {
        const seg_param *bound = seg_params_find(method->params, i ? method->upper : method->lower);
        ck_assert(bound && bound->type == SEG_PARAM_LEVEL);
    }
    ck_assert_int_eq(method->save != NULL, method->load != NULL);
    if (method->delay) ck_assert_ptr_nonnull(method->flush);
    if (method->input & SEG_INPUT_STREAM) ck_assert_ptr_nonnull(method->reset);
}
END_TEST

START_TEST(ids_are_found) {
    const seg_method *method = contract_method(_i);
    ck_assert_ptr_eq(seg_method_find(method->id), method);
    char misspelt[64];
    snprintf(misspelt, sizeof misspelt, "%sx", method->id);
    ck_assert_ptr_null(seg_method_find(misspelt));
    ck_assert_str_eq(seg_method_nearest(misspelt), method->id);
    for (int other = 0; other < _i; other++)
        ck_assert_str_ne(contract_method(other)->id, method->id);
    ck_assert_ptr_null(seg_method_find("no-such-thing"));
    ck_assert_ptr_null(seg_method_find(NULL));
    ck_assert_ptr_null(seg_method_nearest("zzzzzzzzzzzzzzzz"));
    ck_assert_ptr_null(seg_method_nearest(NULL));
}
END_TEST

/* ---- tables ---- */

static bool has_range(const seg_param *param) {
    switch (param->type) {
    case SEG_PARAM_INT:
    case SEG_PARAM_FLOAT:
    case SEG_PARAM_LEVEL:
    case SEG_PARAM_DURATION:
    case SEG_PARAM_SIZE:
        return true;
    default:
        return false;
    }
}

START_TEST(tables_are_sane) {
    const seg_method *method = contract_method(_i);
    const seg_param_table *table = method->params;
    contract_options o;
    contract_variant(&o, method, 0);
    ck_assert_int_eq(seg_params_check(o.bytes, table), SEG_OK);
    size_t size;
    memcpy(&size, o.bytes, sizeof size);
    ck_assert_uint_eq(size, table->options_size);
    for (int32_t i = 0; i < table->count; i++) {
        const seg_param *param = &table->items[i];
        ck_assert_msg(is_name(param->name), "%s: \"%s\"", method->id, param->name);
        ck_assert_ptr_eq(seg_params_find(table, param->name), param);
        for (int32_t other = 0; other < i; other++)
            ck_assert_str_ne(table->items[other].name, param->name);
        ck_assert_uint_ge(param->offset, sizeof(size_t));
        ck_assert_uint_lt(param->offset, table->options_size);
        if (param->type != SEG_PARAM_INT)
            ck_assert_int_eq(param->names != NULL, param->type == SEG_PARAM_ENUM);
        ck_assert(param->unit && param->symbol && param->help);
        ck_assert_msg(*param->help && param->help[strlen(param->help) - 1] == '.', "%s: %s",
                      param->name, param->help);
        if (has_range(param)) ck_assert_double_lt(param->min, param->max);
        if (param->type == SEG_PARAM_PICTURE) continue;
        /* the default is a text that parses, and is written back as one that means the same */
        char first[128], second[128];
        ck_assert_ptr_nonnull(param->default_text);
        ck_assert_int_eq(seg_params_parse(o.bytes, table, param->name, param->default_text, NULL),
                         SEG_OK);
        ck_assert_int_lt(seg_params_format(first, sizeof first, o.bytes, param), 128);
        ck_assert_int_eq(seg_params_parse(o.bytes, table, param->name, first, NULL), SEG_OK);
        seg_params_format(second, sizeof second, o.bytes, param);
        ck_assert_str_eq(first, second);
    }
    contract_options_clear(&o, method);
}
END_TEST

/* ---- wrong options ---- */

static void expect_refusal(const seg_method *method, const contract_options *o, const char *name) {
    seg_context *context = (seg_context *)&context;
    const seg_status status = seg_context_create(&context, method, o->bytes, NULL);
    ck_assert_msg(status == SEG_ERROR_OPTION, "%s: %s: %s", method->id, name,
                  seg_status_name(status));
    ck_assert_ptr_null(context);
    ck_assert_msg(strstr(seg_error_detail(), name), "%s: \"%s\" lacks \"%s\"", method->id,
                  seg_error_detail(), name);
}

/* Writes a number into the field, whatever its type; false if that cannot be. */
static bool put_number(void *options, const seg_param *param, double value) {
    void *field = (char *)options + param->offset;
    switch (param->type) {
    case SEG_PARAM_INT:
        if (!(value >= INT32_MIN && value <= INT32_MAX)) return false;
        *(int32_t *)field = (int32_t)value;
        return true;
    case SEG_PARAM_FLOAT:
        *(double *)field = value;
        return true;
    case SEG_PARAM_LEVEL:
        *(seg_level *)field = (seg_level){SEG_LEVEL_8BIT, 0, value};
        return true;
    case SEG_PARAM_DURATION:
        ((seg_duration *)field)->value = value;
        return true;
    case SEG_PARAM_SIZE:
        *(seg_size *)field = (seg_size){value, 0};
        return true;
    default:
        return false;
    }
}

START_TEST(values_out_of_range) {
    const seg_method *method = contract_method(_i);
    for (int32_t i = 0; i < method->params->count; i++) {
        const seg_param *param = &method->params->items[i];
        if (!has_range(param)) continue;
        const double wrong[] = {param->min - 1, param->max + 1, NAN, INFINITY, -INFINITY};
        for (int n = 0; n < 5; n++) {
            contract_options o;
            contract_variant(&o, method, 0);
            if (put_number(o.bytes, param, wrong[n])) expect_refusal(method, &o, param->name);
            char text[64];
            snprintf(text, sizeof text, "%.17g", wrong[n]);
            ck_assert_int_eq(seg_params_parse(o.bytes, method->params, param->name, text, NULL),
                             SEG_ERROR_OPTION);
            ck_assert_ptr_nonnull(strstr(seg_error_detail(), param->name));
            contract_options_clear(&o, method);
        }
    }
}
END_TEST

START_TEST(kinds_and_names_out_of_range) {
    const seg_method *method = contract_method(_i);
    for (int32_t i = 0; i < method->params->count; i++) {
        const seg_param *param = &method->params->items[i];
        contract_options o;
        contract_variant(&o, method, 0);
        void *field = o.bytes + param->offset;
        int32_t count = 0;
        while (param->names && param->names[count])
            count++;
        switch (param->type) {
        case SEG_PARAM_ENUM:
            *(int32_t *)field = -1;
            expect_refusal(method, &o, param->name);
            *(int32_t *)field = count;
            expect_refusal(method, &o, param->name);
            break;
        case SEG_PARAM_LEVEL:
            *(seg_level *)field = (seg_level){99, 0, 1};
            expect_refusal(method, &o, param->name);
            *(seg_level *)field = (seg_level){SEG_LEVEL_AUTO, 99, 1};
            expect_refusal(method, &o, param->name);
            *(seg_level *)field = (seg_level){SEG_LEVEL_PERCENT, 0, 100.5};
            expect_refusal(method, &o, param->name);
            break;
        case SEG_PARAM_SEEDS:
            *(seg_seeds *)field = (seg_seeds){.kind = 99};
            expect_refusal(method, &o, param->name);
            *(seg_seeds *)field = (seg_seeds){.kind = SEG_SEEDS_POINTS};
            expect_refusal(method, &o, param->name);
            memset(field, 0, sizeof(seg_seeds));
            break;
        default:
            break;
        }
        if (param->type == SEG_PARAM_PICTURE) continue;
        static const char *const texts[] = {"", "certainly-not", "1e999", "12,,", "p", "%"};
        for (int n = 0; n < 6; n++) {
            const seg_status status =
                seg_params_parse(o.bytes, method->params, param->name, texts[n], NULL);
            ck_assert_int_eq(status, SEG_ERROR_OPTION);
            ck_assert_ptr_nonnull(strstr(seg_error_detail(), param->name));
        }
        contract_options_clear(&o, method);
    }
}
END_TEST

START_TEST(sizes_of_options) {
    const seg_method *method = contract_method(_i);
    contract_options o;
    contract_variant(&o, method, 0);
    const size_t sizes[] = {0, method->params->options_size - 1, method->params->options_size + 1,
                            SIZE_MAX};
    for (int i = 0; i < 4; i++) {
        memcpy(o.bytes, &sizes[i], sizeof *sizes);
        expect_refusal(method, &o, "size");
    }
}
END_TEST

/* What the first two frames give with a context of these options. */
static uint64_t hash_of_frames(seg_context *context, const seg_method *method) {
    uint64_t hash = SCENE_HASH_START;
    contract_image input;
    contract_image_make(&input, MEMORY_OWN, 31, 21, SEG_U8, 1);
    seg_result result;
    seg_result_init(&result, NULL);
    for (int t = 0; t < 2; t++) {
        scene_paint_input(&input.image, method->input, t);
        const seg_frame frame = {
            .image = input.image, .index = t, .pts = 40 * t, .time_base = {1, 1000}};
        const seg_status status = seg_context_apply(context, &frame, 0, &result);
        ck_assert_int_ge(status, 0);
        if (status == SEG_OK) hash = scene_fnv_result(hash, &result);
    }
    while (seg_context_flush(context, 0, &result) == SEG_OK)
        hash = scene_fnv_result(hash, &result);
    seg_result_free(&result);
    contract_image_free(&input);
    return hash;
}

/* What the context copied may be changed by the caller afterwards. */
START_TEST(options_are_copied) {
    const seg_method *method = contract_method(_i);
    contract_options o;
    for (int variant = 0; contract_variant(&o, method, variant); variant++) {
        seg_context *first, *second;
        if (seg_context_create(&first, method, o.bytes, NULL) == SEG_OK) {
            const uint64_t wanted = hash_of_frames(first, method);
            seg_context_free(first);
            ck_assert_int_eq(seg_context_create(&second, method, o.bytes, NULL), SEG_OK);
            contract_options_clear(&o, method);
            memset(o.bytes, 0xee, sizeof o.bytes);
            ck_assert_msg(hash_of_frames(second, method) == wanted,
                          "%s, %s: the caller's options count after the creation", method->id,
                          o.what);
            seg_context_free(second);
        } else {
            contract_options_clear(&o, method);
        }
    }
}
END_TEST

CONTRACT_MAIN("options", rows_are_whole, ids_are_found, tables_are_sane, values_out_of_range,
              kinds_and_names_out_of_range, sizes_of_options, options_are_copied)
