#include "common/train.h"
#include "common/feed.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/signals.h"
#include "common/text.h"
#include <stdlib.h>

static int wants_to_stop(void *user, double fraction) {
    (void)user, (void)fraction;
    return signals_received() != 0;
}

/* All frames of the clip; what is found in them is of no interest. */
static seg_status learn(seg_pipeline *pipeline, feed *clip, const recipe *how, int64_t *frames) {
    seg_frame frame = {0};
    seg_result result;
    seg_status status;
    seg_result_init(&result, NULL);
    while ((status = feed_read(clip, &frame)) == SEG_OK) {
        frame.known_foreground = how->known_foreground;
        frame.known_foreground.owner = NULL;
        status = seg_pipeline_apply(pipeline, &frame, &result);
        seg_frame_unref(&frame);
        if (status < 0) break;
        ++*frames;
    }
    seg_frame_unref(&frame);
    seg_result_free(&result);
    return status == SEG_END ? SEG_OK : status;
}

static seg_status keep_model(recipe *target, seg_pipeline *pipeline) {
    seg_status status = seg_pipeline_save(pipeline, NULL, &target->model_size);
    if (status < 0) return status;
    target->model = memory_get(target->model_size, 1);
    return seg_pipeline_save(pipeline, target->model, &target->model_size);
}

/* The clip is read whole, but resized as the inputs are. */
static seg_status train(recipe *target, const seg_env *env, int64_t *frames) {
    const settings *from = target->settings;
    seg_pipeline_config learning = target->config;
    seg_pipeline *pipeline;
    learning.post = learning.keep = NULL;
    learning.track = NULL;
    learning.objects = false;
    seg_status status = seg_pipeline_create(&pipeline, &learning, env);
    if (status < 0) return status;
    settings whole = *from;
    whole.reader.start = whole.reader.duration = 0;
    whole.reader.limit = 0;
    whole.reader.step = 1;
    const job item = {.input = (char *)from->train, .sequence = true};
    feed clip = {0};
    status = feed_open_reader(&clip, &item, &whole, seg_pipeline_luma_suffices(pipeline),
                              from->threads, env);
    if (status >= 0) status = learn(pipeline, &clip, target, frames);
    if (status >= 0) status = keep_model(target, pipeline);
    feed_free(&clip);
    seg_pipeline_free(pipeline);
    return status;
}

static int train_recipe(recipe *target) {
    const settings *from = target->settings;
    seg_pool *pool = NULL;
    seg_env env = {
        .limits = &from->limits, .progress = wants_to_stop, .seed = (uint64_t)from->rng_seed};
    int64_t frames = 0;
    seg_status status = SEG_OK;
    if (from->threads > 1) status = seg_pool_create(&pool, from->threads);
    if (pool) env.runner = seg_pool_runner(pool);
    if (status >= 0) status = train(target, &env, &frames);
    seg_pool_free(pool);
    if (status < 0) message_error(from->train, "%s", message_reason(status));
    if (status < 0) return EXIT_FAILED;
    message_note(from->train, "learnt from %lld frames", (long long)frames);
    return EXIT_DONE;
}

int train_plan(plan *target) {
    if (!target->settings->train) return EXIT_DONE;
    for (int i = 0; i < 2; i++) {
        recipe *how = target->recipes[i];
        const int code = how && how->method->save ? train_recipe(how) : EXIT_DONE;
        if (code != EXIT_DONE) return code;
    }
    return EXIT_DONE;
}

int train_save(const plan *from) {
    const recipe *how = from->recipes[0] ? from->recipes[0] : from->recipes[1];
    const bool good = file_write(from->settings->save_model, how->model, how->model_size);
    return good ? EXIT_DONE : EXIT_FAILED;
}
