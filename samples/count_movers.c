/* Counts moving objects in a video, frame by frame: a pipeline of a background model, clean-up and
 * object measures, on all processors.
 *   count_movers VIDEO */
#include <segment/media.h>
#include <segment/segment.h>
#include <stdio.h>

static seg_status count_objects(const char *name, const seg_env *env) {
    seg_reader *reader = NULL;
    seg_pipeline *pipeline = NULL;
    seg_frame frame = {0};
    seg_result result;
    seg_pipeline_config config;
    seg_pipeline_config_init(&config);
    config.method = seg_method_find("background");
    config.post = "open(3),fill-holes";
    config.keep = "area > 60 && !border";
    seg_result_init(&result, env);

    seg_status status = seg_reader_open(&reader, name, NULL, env);
    if (status >= 0) status = seg_pipeline_create(&pipeline, &config, env);
    while (status >= 0 && (status = seg_reader_read(reader, &frame)) == SEG_OK) {
        status = seg_pipeline_apply(pipeline, &frame, &result);
        if (status == SEG_OK)
            printf("%.3f s: %d objects\n", seg_frame_seconds(&frame), (int)result.object_count);
    }
    seg_frame_unref(&frame);
    seg_result_free(&result);
    seg_pipeline_free(pipeline);
    seg_reader_close(reader);
    return status;
}

int main(int argc, char **argv) {
    seg_pool *pool = NULL;
    if (argc != 2) return fprintf(stderr, "usage: count_movers VIDEO\n"), 2;
    seg_status status = seg_pool_create(&pool, 0);
    seg_env env = {.runner = status < 0 ? NULL : seg_pool_runner(pool)};
    if (status >= 0) status = count_objects(argv[1], &env);
    if (status < 0) fprintf(stderr, "count_movers: %s\n", seg_error_detail());
    seg_pool_free(pool);
    return status < 0;
}
