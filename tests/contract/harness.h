/*
 * What the contract tests share: every method of the registry run over a short stream of test
 * frames, with any options, in any kind of memory, and all that came out in one number.
 */
#ifndef SEG_TESTS_CONTRACT_HARNESS_H
#define SEG_TESTS_CONTRACT_HARNESS_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#endif

#include "scenes.h"

#include <check.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- the registry ---- */

static inline const seg_method *contract_method(int index) {
    int32_t count;
    return seg_methods(&count)[index];
}

static inline int contract_count(void) {
    int32_t count;
    seg_methods(&count);
    return count;
}

static inline bool contract_on_masks(const seg_method *method) {
    return !(method->input & (SEG_INPUT_PICTURE | SEG_INPUT_STREAM | SEG_INPUT_PAIR));
}

/* What comes of a frame depends on those before it. */
static inline bool contract_in_order(const seg_method *method) {
    return method->input & (SEG_INPUT_STREAM | SEG_INPUT_PAIR);
}

/* ---- kinds of memory ---- */

typedef enum contract_memory {
    MEMORY_OWN,      /* seg_image_alloc */
    MEMORY_PADDED,   /* rows with room behind them */
    MEMORY_NEGATIVE, /* bottom row first */
    MEMORY_VIEW,     /* a window in a larger picture */
    MEMORY_BEFORE,   /* ends where memory ends */
    MEMORY_BEHIND,   /* begins where memory begins */
    MEMORY_KINDS
} contract_memory;

/* A picture with all that has to be released. */
typedef struct contract_image {
    seg_image image;
    unsigned char *room; /* malloc'd, or mapped with `mapped` bytes */
    size_t mapped, size;
} contract_image;

#define CONTRACT_POISON 0x5c

static inline size_t contract_row_bytes(int32_t width, seg_format format, int channels) {
    return (size_t)width * (size_t)channels * seg_format_size(format);
}

/* Rows between two pages that nobody may touch. */
static inline unsigned char *contract_map(contract_image *c, size_t size, bool at_end) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t inner = (size + page - 1) / page * page;
    c->mapped = inner + 2 * page;
    c->room = mmap(NULL, c->mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(c->room, MAP_FAILED);
    ck_assert_int_eq(mprotect(c->room + page, inner, PROT_READ | PROT_WRITE), 0);
    return c->room + page + (at_end ? inner - size : 0);
}

static inline void contract_image_make(contract_image *c, contract_memory kind, int32_t width,
                                       int32_t height, seg_format format, int channels) {
    memset(c, 0, sizeof *c);
    const size_t row = contract_row_bytes(width, format, channels);
    const size_t sample = seg_format_size(format), pad = 5 * sample;
    ptrdiff_t stride = (ptrdiff_t)row;
    unsigned char *first;
    switch (kind) {
    case MEMORY_OWN:
        ck_assert_int_eq(seg_image_alloc(&c->image, width, height, format, channels, NULL), SEG_OK);
        return;
    case MEMORY_BEFORE:
    case MEMORY_BEHIND:
        first = contract_map(c, row * (size_t)height, kind == MEMORY_BEFORE);
        break;
    default:
        /* a margin of poison on all sides */
        stride = (ptrdiff_t)(row + 2 * pad);
        c->size = (size_t)stride * ((size_t)height + 2);
        c->room = malloc(c->size);
        ck_assert_ptr_nonnull(c->room);
        memset(c->room, CONTRACT_POISON, c->size);
        first = c->room + stride + pad;
        if (kind == MEMORY_NEGATIVE) {
            first += stride * (height - 1);
            stride = -stride;
        }
    }
    ck_assert_int_eq(seg_image_wrap(&c->image, first, stride, width, height, format, channels),
                     SEG_OK);
    if (kind != MEMORY_VIEW) return;
    seg_image whole = {0}, window = {0};
    ck_assert_int_eq(seg_image_alloc(&whole, width + 9, height + 7, format, channels, NULL),
                     SEG_OK);
    memset(whole.data, CONTRACT_POISON, (size_t)whole.stride * (size_t)whole.height);
    ck_assert_int_eq(seg_image_view(&window, &whole, (seg_rect){4, 3, width, height}), SEG_OK);
    seg_image_unref(&whole);
    c->image = window;
}

/* True if the margin is as it was. */
static inline bool contract_image_intact(const contract_image *c) {
    if (c->mapped || !c->room || c->image.owner) return true;
    const seg_image *image = &c->image;
    const size_t row = contract_row_bytes(image->width, (seg_format)image->format, image->channels);
    unsigned char *inside = calloc(c->size, 1);
    for (int32_t y = 0; y < image->height; y++)
        memset(inside + ((unsigned char *)seg_image_row(image, y) - c->room), 1, row);
    bool intact = true;
    for (size_t i = 0; i < c->size; i++)
        intact = intact && (inside[i] || c->room[i] == CONTRACT_POISON);
    free(inside);
    return intact;
}

static inline void contract_image_free(contract_image *c) {
    seg_image_unref(&c->image);
    if (c->mapped)
        munmap(c->room, c->mapped);
    else
        free(c->room);
    memset(c, 0, sizeof *c);
}

/* ---- options ---- */

#define CONTRACT_OPTIONS 512

typedef struct contract_options {
    _Alignas(16) unsigned char bytes[CONTRACT_OPTIONS];
    char what[96]; /* for messages */
} contract_options;

/* Of a whole number: the names, "odd" stands for some. */
static inline const char *contract_named_value(const seg_param *param, int n, char text[64]) {
    int k = 0;
    while (k < n && param->names[k] && strcmp(param->names[k], SEG_PARAM_ODD) != 0)
        k++;
    if (!param->names[k] || strcmp(param->names[k], SEG_PARAM_ODD) != 0) return param->names[k];
    const int more = n - k, odd = ((int)param->min | 1) + 2 * more;
    snprintf(text, 64, "%d", odd);
    return more < 3 && odd <= param->max ? text : NULL;
}

/* Values worth trying for a parameter; NULL after the last. */
static inline const char *contract_value(const seg_param *param, int n, char text[64]) {
    static const char *const levels[] = {"0",   "17",        "128",         "255",       "10%",
                                         "p60", "auto:otsu", "auto:median", "auto:noise"};
    static const char *const booleans[] = {"true", "false"};
    static const char *const durations[] = {"0", "3f", "0.2s"};
    static const char *const sizes[] = {"1", "5", "10%"};
    static const char *const seeds[] = {"0,0", "auto"};
    switch (param->type) {
    case SEG_PARAM_BOOL:
        return n < 2 ? booleans[n] : NULL;
    case SEG_PARAM_ENUM:
        return param->names[n];
    case SEG_PARAM_LEVEL:
        return n < 9 ? levels[n] : NULL;
    case SEG_PARAM_DURATION:
        return n < 3 ? durations[n] : NULL;
    case SEG_PARAM_SIZE:
        return n < 3 ? sizes[n] : NULL;
    case SEG_PARAM_SEEDS:
        return n < 2 ? seeds[n] : NULL;
    case SEG_PARAM_INT:
    case SEG_PARAM_FLOAT: {
        if (param->names) return contract_named_value(param, n, text);
        /* both ends, within what runs in a moment, and some between */
        const double most = param->max < 40 ? param->max : 40;
        const double low = param->min > -40 ? param->min : -40;
        const double values[] = {low, most, low + 1, low + 2, low + (most - low) / 3, low + 4};
        if (n >= 6 || values[n] > most) return NULL;
        const bool whole = param->type == SEG_PARAM_INT;
        snprintf(text, 64, "%g", whole ? (double)(int)values[n] : values[n]);
        return text;
    }
    default:
        return NULL;
    }
}

/* Options number `variant` of a table: 0 the defaults, then one parameter at a time with each of
 * its values. False after the last. `id` is for messages. */
static inline bool contract_variant_of(contract_options *o, const seg_param_table *table,
                                       const char *id, int variant) {
    ck_assert_uint_le(table->options_size, CONTRACT_OPTIONS);
    seg_params_init(o->bytes, table);
    snprintf(o->what, sizeof o->what, "defaults");
    for (int32_t i = 0, left = variant; i < table->count && variant; i++) {
        const seg_param *param = &table->items[i];
        char text[64];
        const char *value = NULL;
        int n = 0;
        while ((value = contract_value(param, n, text)) && --left)
            n++;
        if (!value) continue;
        snprintf(o->what, sizeof o->what, "%s=%s", param->name, value);
        ck_assert_msg(seg_params_parse(o->bytes, table, param->name, value, NULL) >= 0,
                      "%s: %s: %s", id, o->what, seg_error_detail());
        return true;
    }
    return variant == 0;
}

static inline bool contract_variant(contract_options *o, const seg_method *method, int variant) {
    return contract_variant_of(o, method->params, method->id, variant);
}

static inline void contract_options_clear(contract_options *o, const seg_method *method) {
    seg_params_clear(o->bytes, method->params, NULL);
}

/* ---- running ---- */

typedef struct contract_run {
    const seg_method *method;
    const void *options;
    const seg_env *env;
    int32_t width, height;
    seg_format format;
    int channels;
    int frames;
    contract_memory input, output;
    bool masks;    /* with ignore, known foreground */
    bool segments; /* only masks and labels go into the hash */
    bool twice;    /* after a reset, the second pass counts */
    bool grey;     /* all channels alike */
} contract_run;

typedef struct contract_outcome {
    seg_status status; /* SEG_OK or the first error */
    uint64_t hash;
    int results;
    bool intact; /* no margin was touched, and nothing that was given */
} contract_outcome;

static inline contract_run contract_run_of(const seg_method *method, int32_t width, int32_t height,
                                           seg_format format, int channels) {
    contract_run run = {.method = method, .width = width, .height = height};
    run.format = format;
    run.channels = channels;
    run.frames = method->input & SEG_INPUT_STREAM ? 5 : contract_in_order(method) ? 3 : 2;
    return run;
}

/* Masks that a frame can bring. */
static inline void contract_paint_masks(const seg_image *ignore, const seg_image *known, int t) {
    for (int32_t y = 0; y < ignore->height; y++)
        for (int32_t x = 0; x < ignore->width; x++) {
            ((uint8_t *)seg_image_row(ignore, y))[x] = (x + 2 * y + t) % 11 == 3 ? 255 : 0;
            ((uint8_t *)seg_image_row(known, y))[x] = (3 * x + y) % 13 == 5 ? 1 : 0;
        }
}

/* The first channel in all of them. */
static inline void contract_equal_channels(const seg_image *image) {
    const size_t sample = seg_format_size((seg_format)image->format);
    for (int32_t y = 0; y < image->height; y++) {
        unsigned char *row = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++, row += sample * image->channels)
            for (int c = 1; c < image->channels; c++)
                memcpy(row + sample * (size_t)c, row, sample);
    }
}

static inline uint64_t contract_hash(uint64_t hash, const contract_run *run,
                                     const seg_result *result) {
    if (!run->segments) return scene_fnv_result(hash, result);
    if (result->outputs & SEG_OUTPUT_MASK) hash = scene_fnv_image(hash, &result->mask);
    if (result->outputs & SEG_OUTPUT_LABELS) hash = scene_fnv_image(hash, &result->labels);
    return hash;
}

/* All that a method is given of a frame. */
static inline uint64_t contract_hash_given(const seg_frame *frame) {
    const seg_image *const given[] = {&frame->image, &frame->ignore, &frame->known_foreground};
    uint64_t hash = SCENE_HASH_START;
    for (int i = 0; i < 3; i++)
        if (!seg_image_empty(given[i])) hash = scene_fnv_image(hash, given[i]);
    return hash;
}

static inline void contract_stream(contract_outcome *outcome, const contract_run *run,
                                   seg_context *context, seg_result *result, contract_image *input,
                                   contract_image masks[2]) {
    for (int t = 0; t < run->frames && outcome->status >= 0; t++) {
        scene_paint_input(&input->image, run->method->input, t);
        if (run->grey) contract_equal_channels(&input->image);
        seg_frame frame = {.index = t, .pts = 40 * t, .time_base = {1, 1000}};
        frame.image = input->image;
        if (run->masks) {
            contract_paint_masks(&masks[0].image, &masks[1].image, t);
            frame.ignore = masks[0].image;
            frame.known_foreground = masks[1].image;
        }
        const uint64_t given = contract_hash_given(&frame);
        outcome->status = seg_context_apply(context, &frame, 0, result);
        outcome->intact = outcome->intact && contract_hash_given(&frame) == given;
        if (outcome->status != SEG_OK) continue;
        outcome->hash = contract_hash(outcome->hash, run, result);
        outcome->results++;
    }
    while (outcome->status >= 0 &&
           (outcome->status = seg_context_flush(context, 0, result)) == SEG_OK) {
        outcome->hash = contract_hash(outcome->hash, run, result);
        outcome->results++;
    }
    if (outcome->status > 0) outcome->status = SEG_OK;
}

/* Runs the stream; mask, labels and score go to memory of kind run->output if not MEMORY_OWN. */
static inline contract_outcome contract_execute(const contract_run *run) {
    contract_outcome outcome = {.hash = SCENE_HASH_START, .intact = true};
    contract_image input, outputs[2], masks[2];
    contract_image_make(&input, run->input, run->width, run->height, run->format, run->channels);
    contract_image_make(&outputs[0], run->output, run->width, run->height, SEG_U8, 1);
    contract_image_make(&outputs[1], run->output, run->width, run->height, SEG_LABEL32, 1);
    for (int i = 0; i < 2; i++)
        contract_image_make(&masks[i], run->input, run->width, run->height, SEG_U8, 1);
    seg_result result;
    seg_result_init(&result, run->env);
    if (run->output != MEMORY_OWN) {
        result.mask = outputs[0].image;
        result.labels = outputs[1].image;
        result.mask.owner = result.labels.owner = NULL;
    }
    seg_context *context = NULL;
    outcome.status = seg_context_create(&context, run->method, run->options, run->env);
    for (int pass = 0; pass < (run->twice ? 2 : 1) && outcome.status >= 0; pass++) {
        if (pass) seg_context_reset(context);
        outcome.hash = SCENE_HASH_START;
        outcome.results = 0;
        contract_stream(&outcome, run, context, &result, &input, masks);
    }
    seg_context_free(context);
    seg_result_free(&result);
    contract_image *const all[] = {&input, &outputs[0], &outputs[1], &masks[0], &masks[1]};
    for (int i = 0; i < 5; i++) {
        outcome.intact = outcome.intact && contract_image_intact(all[i]);
        contract_image_free(all[i]);
    }
    return outcome;
}

/* ---- formats ---- */

static const seg_format contract_formats[] = {SEG_U8, SEG_U16, SEG_F32, SEG_LABEL32};

/* Calls `visit` for every format and number of channels that the method declares. */
static inline void contract_each_format(const seg_method *method,
                                        void (*visit)(const seg_method *method, seg_format format,
                                                      int channels)) {
    for (int f = 0; f < 4; f++) {
        if (!(method->formats & SEG_FORMAT_BIT(contract_formats[f]))) continue;
        for (int channels = 1; channels <= 4; channels++)
            if (method->channels & 1u << channels) visit(method, contract_formats[f], channels);
    }
}

/* ---- main ---- */

/* Runs the tests for numbers 0 .. times-1 (in _i), or for those that `chosen` is true of. */
static inline int contract_main_of(const char *name, const TTest *const *tests, size_t count,
                                   int times, bool (*chosen)(int number)) {
    Suite *suite = suite_create(name);
    TCase *cases = tcase_create(name);
    for (size_t i = 0; i < count; i++)
        for (int number = 0; number < times; number++)
            if (!chosen || chosen(number)) tcase_add_loop_test(cases, tests[i], number, number + 1);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* SEGMENT_METHOD names one method; SEGMENT_PART=2/6 is the second of six parts of the registry,
 * which CTest runs side by side. */
static inline bool contract_method_chosen(int number) {
    const char *only = getenv("SEGMENT_METHOD"), *part = getenv("SEGMENT_PART");
    if (only && *only && strcmp(contract_method(number)->id, only) != 0) return false;
    int index = 1, parts = 1;
    if (part && *part &&
        (sscanf(part, "%d/%d", &index, &parts) != 2 || index < 1 || index > parts)) {
        fprintf(stderr, "SEGMENT_PART=%s is not like 2/6\n", part);
        exit(EXIT_FAILURE);
    }
    return number % parts == index - 1;
}

static inline int contract_main(const char *name, const TTest *const *tests, size_t count) {
    const char *only = getenv("SEGMENT_METHOD");
    if (only && *only && !seg_method_find(only)) {
        fprintf(stderr, "there is no method %s (SEGMENT_METHOD)\n", only);
        return EXIT_FAILURE;
    }
    return contract_main_of(name, tests, count, contract_count(), contract_method_chosen);
}

#define CONTRACT_MAIN(name, ...)                                                                   \
    int main(void) {                                                                               \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        return contract_main(name, tests, sizeof tests / sizeof *tests);                           \
    }

#endif
