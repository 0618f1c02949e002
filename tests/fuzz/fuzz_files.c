/* Any bytes as a file that the programs read: a pipeline as text or JSON, a manifest, places to
 * follow. Refused, or what was read can be used. The first byte chooses, the rest is the file. */
#include "augment/manifest.h"
#include "augment/pipeline_file.h"
#include "flow/points.h"
#include "fuzz_folder.h"
#include "scenes.h"

enum { SIDE = 24, MAX_SIZE = 1 << 14, MAX_TEXT = 200 };

static const char *const files[] = {"a.json", "a.jsonl", "a.txt"};
static char folder[64];

static void remove_folder(void) {
    rmdir(folder);
}

static void paint(seg_image *image, int32_t t) {
    FUZZ_CHECK(seg_image_alloc(image, SIDE, SIDE - 5, SEG_U8, 3, NULL) == SEG_OK);
    scene_paint(image, t);
}

/* A step may want what the sample has not (partners, labels): then it says so. */
static void run_pipeline(const seg_augment_pipeline *pipeline) {
    static const seg_limits limits = {.max_pixels = 1 << 16, .max_side = 1 << 12};
    const seg_env env = {.limits = &limits};
    seg_augment_work *work;
    seg_sample from, to;
    seg_sample_init(&from, NULL);
    seg_sample_init(&to, NULL);
    paint(&from.picture, 0);
    from.name = "a.png";
    FUZZ_CHECK(seg_augment_work_create(&work, &env) == SEG_OK);
    const seg_status status = seg_augment_apply(pipeline, work, &to, &from, 1, NULL);
    FUZZ_CHECK(status == SEG_OK ? seg_sample_check(&to) == SEG_OK : *seg_error_detail() != 0);
    seg_augment_work_free(work);
    seg_sample_free(&from);
    seg_sample_free(&to);
}

static void try_pipeline(const char *value) {
    char *text = pipeline_read(value);
    seg_augment_pipeline *pipeline;
    if (!text) return;
    const seg_status status = seg_augment_pipeline_create(&pipeline, text, NULL, NULL);
    FUZZ_CHECK(status == SEG_OK ||
               (status == SEG_ERROR_OPTION && strstr(seg_error_detail(), "column")));
    if (status == SEG_OK && strlen(text) < MAX_TEXT) run_pipeline(pipeline);
    seg_augment_pipeline_free(status == SEG_OK ? pipeline : NULL);
    free(text);
}

static void try_manifest(const char *path) {
    const arguments given = {0};
    augment_job job = {.given = &given};
    if (manifest_read(&job.recorded, &job.replayed, path)) {
        FUZZ_CHECK(json_is_object(job.recorded) && json_is_object(job.replayed));
        seg_augment_options_init(&job.rules);
        if (manifest_apply(&job, job.recorded, path)) FUZZ_CHECK(job.text);
    }
    job_free(&job); /* what was read before a mistake, too */
}

static void try_places(const char *path) {
    point_tracks *tracks = points_open(path, "null:");
    seg_frame frames[2] = {{.pts = SEG_NO_PTS}, {.index = 1, .pts = SEG_NO_PTS}};
    if (!tracks) return;
    for (int t = 0; t < 2; t++)
        paint(&frames[t].image, t);
    if (points_follow(tracks, NULL, &frames[0], NULL))
        FUZZ_CHECK(points_follow(tracks, &frames[0], &frames[1], NULL));
    FUZZ_CHECK(points_close(tracks, true));
    for (int t = 0; t < 2; t++)
        seg_frame_unref(&frames[t]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data input = {bytes, size};
    char path[100];
    if (size > MAX_SIZE) return 0;
    if (!*folder) {
        fuzz_make_folder(folder, sizeof folder);
        atexit(remove_folder);
    }
    const uint32_t which = fuzz_byte(&input) % 4;
    if (which == 3) {
        char *text = fuzz_rest(&input);
        const size_t length = strlen(text);
        if (length < 5 || strcmp(text + length - 5, ".json") != 0) try_pipeline(text);
        free(text);
        return 0;
    }
    snprintf(path, sizeof path, "%s/%s", folder, files[which]);
    fuzz_put_file(path, input.next, input.left);
    if (which == 0) try_pipeline(path);
    if (which == 1) try_manifest(path);
    if (which == 2) try_places(path);
    unlink(path);
    return 0;
}
