/* Any method of the registry with any options on any frames: no crash, and the same results from
 * the readable kernels, from the fast ones and with threads. */
#include "fuzz_data.h"
#include "scenes.h"

enum { MAX_SIDE = 70, MAX_FRAMES = 4, OPTIONS_SIZE = 1024 };

typedef struct plan {
    const seg_method *method;
    _Alignas(16) unsigned char options[OPTIONS_SIZE];
    seg_image frames[MAX_FRAMES], ignore, known, markers;
    int32_t count;
    uint32_t flags;
} plan;

static void choose_options(plan *p, fuzz_data *data) {
    const seg_param_table *table = p->method->params;
    FUZZ_CHECK(table->options_size <= OPTIONS_SIZE);
    seg_params_init(p->options, table);
    for (uint32_t left = fuzz_byte(data) % 4; left && table->count; left--) {
        const seg_param *param = &table->items[fuzz_below(data, (uint32_t)table->count)];
        char text[24];
        if (fuzz_byte(data) & 1)
            fuzz_text(data, text, sizeof text);
        else
            snprintf(text, sizeof text, "%d", (int)fuzz_below(data, 300) - 2);
        const seg_status status = seg_params_parse(p->options, table, param->name, text, NULL);
        FUZZ_CHECK(status == SEG_OK || status == SEG_ERROR_OPTION);
    }
}

static bool alloc(seg_image *image, int32_t width, int32_t height, seg_format format,
                  int channels) {
    return seg_image_alloc(image, width, height, format, channels, NULL) == SEG_OK;
}

/* Format and channels that the method takes. */
static void choose_format(const seg_method *method, fuzz_data *data, seg_format *format,
                          int *channels) {
    const uint32_t first = fuzz_byte(data);
    *format = SEG_U8;
    *channels = 1;
    for (uint32_t i = 0; i < 4; i++) {
        const seg_format candidate = (seg_format)(SEG_U8 + (first + i) % 4);
        if (method->formats & SEG_FORMAT_BIT(candidate)) *format = candidate;
    }
    for (uint32_t i = 0; i < 4; i++) {
        const int candidate = 1 + (int)((first / 4 + i) % 4);
        if (method->channels & 1u << candidate) *channels = candidate;
    }
}

static void choose_frames(plan *p, fuzz_data *data) {
    seg_format format;
    int channels;
    choose_format(p->method, data, &format, &channels);
    const int32_t width = 1 + (int32_t)(fuzz_byte(data) % MAX_SIDE);
    const int32_t height = 1 + (int32_t)(fuzz_byte(data) % MAX_SIDE);
    p->flags = fuzz_byte(data);
    p->count = 1 + (int32_t)(fuzz_byte(data) % MAX_FRAMES);
    for (int32_t t = 0; t < p->count; t++) {
        FUZZ_CHECK(alloc(&p->frames[t], width, height, format, channels));
        if (format == SEG_U16 && p->flags & 64) p->frames[t].bits = 10;
        fuzz_pixels(data, &p->frames[t]);
    }
    if (p->flags & 1) {
        FUZZ_CHECK(alloc(&p->ignore, width, height, SEG_U8, 1));
        fuzz_pixels(data, &p->ignore);
    }
    if (p->flags & 2) {
        FUZZ_CHECK(alloc(&p->known, width, height, SEG_U8, 1));
        fuzz_pixels(data, &p->known);
    }
    if (p->flags & 4) {
        FUZZ_CHECK(alloc(&p->markers, width, height, SEG_LABEL32, 1));
        fuzz_pixels(data, &p->markers);
    }
}

static void check_result(const plan *p, const seg_result *result) {
    FUZZ_CHECK((result->outputs & ~p->method->outputs) == 0);
    if (!(result->outputs & SEG_OUTPUT_MASK)) return;
    for (int32_t y = 0; y < result->mask.height; y++)
        for (int32_t x = 0; x < result->mask.width; x++) {
            const uint8_t value = ((uint8_t *)seg_image_row(&result->mask, y))[x];
            FUZZ_CHECK(value == 0 || value == 255);
        }
}

static uint64_t run(const plan *p, const seg_env *env) {
    uint64_t hash = SCENE_HASH_START;
    seg_context *context;
    seg_status status = seg_context_create(&context, p->method, p->options, env);
    FUZZ_CHECK(status == SEG_OK || status == SEG_ERROR_OPTION);
    if (status < 0) return hash;
    seg_result result;
    seg_result_init(&result, env);
    for (int32_t t = 0; t < p->count && status >= 0; t++) {
        const seg_frame frame = {
            .image = p->frames[t],
            .index = t,
            .pts = p->flags & 8 ? 40 * t : SEG_NO_PTS,
            .time_base = {1, p->flags & 16 ? 1000 : 0},
            .flags = p->flags & 32 && t == 2 ? SEG_FRAME_DISCONTINUITY : 0,
            .ignore = p->ignore,
            .known_foreground = p->known,
            .markers = p->markers,
        };
        status = seg_context_apply(context, &frame, 0, &result);
        if (status == SEG_OK) check_result(p, &result);
        hash = scene_fnv_result(scene_fnv(hash, &status, sizeof status), &result);
    }
    while (status >= 0 && (status = seg_context_flush(context, 0, &result)) == SEG_OK)
        hash = scene_fnv_result(hash, &result);
    seg_context_free(context);
    seg_result_free(&result);
    return hash;
}

static void run_backwards(void *user, int32_t tasks, seg_task task, void *argument) {
    (void)user;
    for (int32_t i = tasks - 1; i >= 0; i--)
        task(argument, i, i % 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data data = {bytes, size};
    int32_t methods;
    const seg_method *const *all = seg_methods(&methods);
    plan p = {.method = all[fuzz_byte(&data) % (uint32_t)methods]};
    choose_options(&p, &data);
    choose_frames(&p, &data);

    const seg_cpu_level best = seg_cpu_level_set(SEG_CPU_AVX2);
    const uint64_t fast = run(&p, NULL);
    seg_cpu_level_set(SEG_CPU_REF);
    const uint64_t readable = run(&p, NULL);
    seg_cpu_level_set(best);
    const seg_runner runner = {NULL, 3, run_backwards};
    const seg_env env = {.runner = &runner};
    const uint64_t threaded = run(&p, &env);
    FUZZ_CHECK(fast == readable);
    FUZZ_CHECK(fast == threaded);

    for (int32_t t = 0; t < MAX_FRAMES; t++)
        seg_image_unref(&p.frames[t]);
    seg_image_unref(&p.ignore);
    seg_image_unref(&p.known);
    seg_image_unref(&p.markers);
    seg_params_clear(p.options, p.method->params, NULL);
    return 0;
}
