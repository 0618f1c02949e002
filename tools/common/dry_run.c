/* --dry-run: the plan in words. */
#include "common/estimate.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/plan.h"
#include "common/text.h"
#include <stdlib.h>

/* Returns the bytes, 0 if they are not known. */
static int64_t add_memory(text_buffer *target, const job *item, int32_t threads) {
    seg_stream_info info;
    int64_t bytes;
    if (item->kind == SEG_SOURCE_STREAM || !item->recipe) {
        text_add(target, "  memory: depends on what comes\n");
        return 0;
    }
    if (estimate_memory(&bytes, &info, item, item->recipe, threads) < 0) {
        text_add(target, "  will fail: %s\n", seg_error_detail());
        return 0;
    }
    bool still = info.kind == SEG_SOURCE_PICTURE;
    text_add(target, "  %s, %d x %d", info.codec, (int)info.width, (int)info.height);
    if (!still && info.frames > 0) text_add(target, ", %lld frames", (long long)info.frames);
    if (!still && info.seconds > 0) text_add(target, ", %.3f s", info.seconds);
    text_add(target, "\n  memory: about %lld MB\n", (long long)(bytes / 1000000 + 1));
    return bytes;
}

static void add_method(text_buffer *target, const recipe *how) {
    char *parameters = json_dumps(how->parameters, JSON_REAL_PRECISION(12));
    text_add(target, "  method: %s %s\n", how->method->id, parameters ? parameters : "");
    free(parameters);
    if (how->settings->pre) text_add(target, "  pre: %s\n", how->settings->pre);
    if (how->settings->post) text_add(target, "  post: %s\n", how->settings->post);
    if (how->settings->keep) text_add(target, "  keep: %s\n", how->settings->keep);
}

int plan_print(const plan *from) {
    const settings *chosen = from->settings;
    int32_t workers = chosen->jobs < from->job_count ? chosen->jobs : from->job_count;
    if (workers < 1) workers = 1;
    text_buffer body = {0};
    int64_t most = 0;
    outfile out;
    for (int32_t i = 0; i < from->job_count; i++) {
        const job *item = &from->jobs[i];
        text_add(&body, "%s -> %s\n", item->input, item->output ? item->output : "(no picture)");
        if (item->problem) {
            text_add(&body, "  will fail: %s\n", item->problem);
            continue;
        }
        if (item->recipe)
            add_method(&body, item->recipe);
        else
            text_add(&body, "  method: otsu for pictures, consensus for video\n");
        if (item->output && item->recipe && item->output_kind != OUTPUT_NULL)
            text_add(&body, "  shows: %s\n",
                     item->recipe->curves ? "curves"
                     : item->recipe->svg  ? "contours"
                                          : seg_render_name(item->recipe->render));
        int64_t bytes = add_memory(&body, item, chosen->threads / workers);
        if (bytes > most) most = bytes;
    }
    text_add(&body, "%d input%s, %d at once, %d thread%s", (int)from->job_count,
             from->job_count == 1 ? "" : "s", (int)workers, (int)chosen->threads,
             chosen->threads == 1 ? "" : "s");
    if (workers > 1)
        text_add(&body, ", at most about %lld MB", (long long)(most * workers / 1000000 + 1));
    text_add(&body, "\n");
    bool good = outfile_open(&out, "-") && outfile_write(&out, body.data, body.length) &&
                outfile_finish(&out);
    text_free(&body);
    return good ? EXIT_DONE : EXIT_FAILED;
}
