/*
 * Golden hashes: what every method, with every option worth trying, gives for the test scenes, and
 * what the renders draw of it, in 64 bits each. hashes.txt holds what they were when they were
 * last looked at; a difference means that results changed. After a change that is meant:
 *     SEGMENT_SOURCE=<source> golden_test_golden --update
 * and look at what changed in the file before it is committed.
 */
#include "contract/harness.h"

#include <errno.h>

#define WIDTH 193
#define HEIGHT 107
#define LINE 160

typedef struct table {
    char (*lines)[LINE];
    int count, capacity;
} table;

static void add_line(table *t, const char *line) {
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? 2 * t->capacity : 256;
        t->lines = realloc(t->lines, (size_t)t->capacity * sizeof *t->lines);
        if (!t->lines) abort();
    }
    snprintf(t->lines[t->count++], LINE, "%s", line);
}

static void add_hash(table *t, const char *what, uint64_t hash) {
    char line[LINE];
    snprintf(line, sizeof line, "%016llx %s", (unsigned long long)hash, what);
    add_line(t, line);
}

/* ---- what is hashed ---- */

static const char *format_name(seg_format format) {
    static const char *const names[] = {"", "u8", "u16", "f32", "labels"};
    return names[format];
}

static void hash_formats(table *t, const seg_method *method) {
    for (int f = 0; f < 4; f++)
        for (int channels = 1; channels <= 4; channels++) {
            if (!(method->formats & SEG_FORMAT_BIT(contract_formats[f]))) continue;
            if (!(method->channels & 1u << channels)) continue;
            contract_run run =
                contract_run_of(method, WIDTH, HEIGHT, contract_formats[f], channels);
            run.masks = channels == 2;
            const contract_outcome outcome = contract_execute(&run);
            char what[LINE - 20];
            snprintf(what, sizeof what, "%s %s %d", method->id, format_name(contract_formats[f]),
                     channels);
            if (outcome.status == SEG_OK) add_hash(t, what, outcome.hash);
        }
}

static void hash_options(table *t, const seg_method *method) {
    contract_options o;
    for (int variant = 1; contract_variant(&o, method, variant); variant++) {
        contract_run run = contract_run_of(method, WIDTH, HEIGHT, SEG_U8, 1);
        run.options = o.bytes;
        const contract_outcome outcome = contract_execute(&run);
        char what[LINE - 20];
        snprintf(what, sizeof what, "%s %s", method->id, o.what);
        if (outcome.status == SEG_OK) add_hash(t, what, outcome.hash);
        contract_options_clear(&o, method);
    }
}

static void hash_renders(table *t) {
    for (int kind = SEG_RENDER_MASK; kind <= SEG_RENDER_BACKGROUND; kind++) {
        seg_pipeline_config config;
        seg_pipeline_config_init(&config);
        config.method = seg_method_find("background");
        config.pre = "gaussian(0.8)";
        config.post = "open(3),fill-holes";
        config.keep = "area > 8";
        config.render = (seg_render_kind)kind;
        seg_pipeline *pipeline;
        seg_result result;
        contract_image input;
        seg_image picture = {0};
        uint64_t hash = SCENE_HASH_START;
        seg_result_init(&result, NULL);
        contract_image_make(&input, MEMORY_OWN, WIDTH, HEIGHT, SEG_U8, 3);
        if (seg_pipeline_create(&pipeline, &config, NULL) < 0) abort();
        for (int frame_index = 0; frame_index < 6; frame_index++) {
            scene_paint(&input.image, frame_index);
            const seg_frame frame = {.index = frame_index, .image = input.image};
            if (seg_pipeline_apply(pipeline, &frame, &result) != SEG_OK) abort();
            if (seg_pipeline_render(pipeline, &result, &picture) != SEG_OK) abort();
            hash = scene_fnv_image(hash, &picture);
        }
        char what[LINE - 20];
        snprintf(what, sizeof what, "render %s", seg_render_name((seg_render_kind)kind));
        add_hash(t, what, hash);
        seg_pipeline_free(pipeline);
        seg_result_free(&result);
        seg_image_unref(&picture);
        contract_image_free(&input);
    }
}

static table compute(void) {
    table t = {0};
    for (int i = 0; i < contract_count(); i++) {
        hash_formats(&t, contract_method(i));
        hash_options(&t, contract_method(i));
    }
    hash_renders(&t);
    return t;
}

/* ---- the file ---- */

static const char *path(void) {
    static char name[4096];
    const char *source = getenv("SEGMENT_SOURCE");
    snprintf(name, sizeof name, "%s/tests/golden/hashes.txt", source ? source : ".");
    return name;
}

static table read_file(void) {
    table t = {0};
    FILE *file = fopen(path(), "r");
    ck_assert_msg(file != NULL, "%s: %s", path(), strerror(errno));
    char line[LINE];
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line && *line != '#') add_line(&t, line);
    }
    fclose(file);
    return t;
}

START_TEST(update) {
    table t = compute();
    FILE *file = fopen(path(), "w");
    ck_assert_msg(file != NULL, "%s: %s", path(), strerror(errno));
    fprintf(file, "# Made by golden_test_golden --update; see tests/golden/test_golden.c.\n");
    for (int i = 0; i < t.count; i++)
        fprintf(file, "%s\n", t.lines[i]);
    ck_assert_int_eq(fclose(file), 0);
    printf("%s: %d hashes\n", path(), t.count);
    free(t.lines);
}
END_TEST

/* ---- comparison ---- */

static const char *find(const table *t, const char *what) {
    for (int i = 0; i < t->count; i++)
        if (strcmp(t->lines[i] + 17, what) == 0) return t->lines[i];
    return NULL;
}

static void compare(void) {
    table wanted = read_file(), got = compute();
    int changed = 0;
    for (int i = 0; i < got.count; i++) {
        const char *line = find(&wanted, got.lines[i] + 17);
        if (line && strcmp(line, got.lines[i]) == 0) continue;
        fprintf(stderr, "%s: %s\n", line ? "changed" : "not in hashes.txt", got.lines[i] + 17);
        changed++;
    }
    for (int i = 0; i < wanted.count; i++) {
        if (find(&got, wanted.lines[i] + 17)) continue;
        fprintf(stderr, "gone: %s\n", wanted.lines[i] + 17);
        changed++;
    }
    ck_assert_msg(changed == 0, "%d of %d results differ; see the head of test_golden.c", changed,
                  got.count);
    free(wanted.lines);
    free(got.lines);
}

/* Each of the instruction sets on its own, or that which SEG_CPU names. */
START_TEST(results_at_every_level) {
    const seg_cpu_level level = (seg_cpu_level)_i;
    const char *only = getenv("SEG_CPU");
    if (only && strcmp(only, seg_cpu_level_name(level)) != 0) return;
    if (seg_cpu_level_set(level) == level) compare();
}
END_TEST

int main(int count, char **arguments) {
    const bool updating = count > 1 && strcmp(arguments[1], "--update") == 0;
    Suite *suite = suite_create("golden");
    TCase *cases = tcase_create("golden");
    if (updating)
        tcase_add_test(cases, update);
    else
        tcase_add_loop_test(cases, results_at_every_level, SEG_CPU_REF, SEG_CPU_AVX2 + 1);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
