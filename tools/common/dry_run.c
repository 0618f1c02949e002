/* --dry-run: the plan in words. */
#include "common/messages.h"
#include "common/outfile.h"
#include "common/plan.h"
#include "common/text.h"
#include <stdlib.h>

/* Bytes for each pixel that a run holds at most: frames and drawings on their way (with three
 * threads, four of each), the method's working pictures, the result. An upper estimate that errs
 * on the safe side for the methods that are there. */
enum { BYTES_OF_FRAME = 4, BYTES_OF_METHOD = 24, FRAMES_ON_THE_WAY = 8 };

static void add_size(text_buffer *target, const job *item, const settings *from) {
    seg_env env = {.limits = &from->limits};
    seg_reader_options options = from->reader;
    seg_reader *reader = NULL;
    options.sequence = item->sequence;
    if (item->kind == SEG_SOURCE_STREAM) {
        text_add(target, "  memory: depends on what comes\n");
        return;
    }
    if (seg_reader_open(&reader, item->input, &options, &env) < 0) {
        text_add(target, "  cannot be read: %s\n", seg_error_detail());
        return;
    }
    const seg_stream_info *info = seg_reader_info(reader);
    double pixels = (double)info->width * info->height;
    bool still = info->kind == SEG_SOURCE_PICTURE;
    double bytes = pixels * (BYTES_OF_METHOD +
                             BYTES_OF_FRAME * (still ? 2 : FRAMES_ON_THE_WAY + from->threads));
    text_add(target, "  %s, %d x %d", info->codec, (int)info->width, (int)info->height);
    if (!still && info->frames > 0) text_add(target, ", %lld frames", (long long)info->frames);
    if (!still && info->seconds > 0) text_add(target, ", %.3f s", info->seconds);
    text_add(target, "\n  memory: about %.0f MiB\n", bytes / 1048576 + 8);
    seg_reader_close(reader);
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
    text_buffer body = {0};
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
            text_add(&body, "  method: otsu for pictures, background for video\n");
        if (item->output && item->recipe && item->output_kind != OUTPUT_NULL)
            text_add(&body, "  shows: %s\n",
                     item->recipe->svg ? "contours" : seg_render_name(item->recipe->render));
        add_size(&body, item, chosen);
    }
    int32_t workers = chosen->jobs < from->job_count ? chosen->jobs : from->job_count;
    text_add(&body, "%d input%s, %d at once, %d thread%s\n", (int)from->job_count,
             from->job_count == 1 ? "" : "s", (int)workers, (int)chosen->threads,
             chosen->threads == 1 ? "" : "s");
    bool good = outfile_open(&out, "-") && outfile_write(&out, body.data, body.length) &&
                outfile_finish(&out);
    text_free(&body);
    return good ? EXIT_DONE : EXIT_FAILED;
}
