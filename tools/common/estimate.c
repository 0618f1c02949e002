#include "common/estimate.h"
#include "common/feed.h"
#include "common/sink.h"
#include "common/stages.h"
#include <stdlib.h>
#include <string.h>

/* The program with the shared libraries that it loads, and FFmpeg's. */
enum { PROGRAM_BYTES = 4 << 20, FFMPEG_BYTES = 28 << 20 };
/* Frames that a decoder keeps, in bytes a pixel (4:2:0, 8 bits), and those of each more thread. */
enum { DECODER_BYTES = 10, DECODER_THREAD_BYTES = 4 };
/* After that many a method has all its memory. */
enum { FRAMES_TRIED = 32, RESULTS_TRIED = 2 };

/* ---- an allocator that counts; the trial runs in one thread ---- */

typedef struct meter {
    int64_t now, peak;
} meter;

typedef struct block_head {
    size_t size, offset;
} block_head;

static void *meter_allocate(void *user, size_t size, size_t alignment) {
    meter *own = user;
    size_t head = alignment < sizeof(block_head) ? sizeof(block_head) : alignment;
    if (size > SIZE_MAX / 2) return NULL;
    size_t whole = (size + head + head - 1) / head * head;
    char *block = aligned_alloc(head, whole);
    if (!block) return NULL;
    char *bytes = block + head;
    ((block_head *)(void *)bytes)[-1] = (block_head){whole, head};
    own->now += (int64_t)whole;
    if (own->now > own->peak) own->peak = own->now;
    return bytes;
}

static void meter_release(void *user, void *pointer) {
    meter *own = user;
    block_head head = ((block_head *)pointer)[-1];
    own->now -= (int64_t)head.size;
    free((char *)pointer - head.offset);
}

/* ---- a trial ---- */

typedef struct trial {
    const job *item;
    const recipe *how;
    seg_env env;
    seg_pipeline *pipeline;
    feed feed;
    seg_result result;
    seg_image drawing;
    int64_t frame_bytes, drawing_bytes;
} trial;

static int64_t image_bytes(const seg_image *image) {
    return (int64_t)image->width * image->height * image->channels *
           (int64_t)seg_format_size((seg_format)image->format);
}

static seg_status open_feed(trial *own) {
    const settings *from = own->how->settings;
    if (feed_is_picture(own->item, from))
        return feed_open_picture(&own->feed, own->item, from, &own->env);
    bool luma = seg_pipeline_luma_suffices(own->pipeline);
    return feed_open_reader(&own->feed, own->item, from, luma, 1, &own->env);
}

static seg_status run_frames(trial *own) {
    seg_frame frame = {0};
    seg_status status = SEG_OK;
    for (int tried = 0, results = 0; tried < FRAMES_TRIED && results < RESULTS_TRIED; tried++) {
        status = feed_read(&own->feed, &frame);
        if (status != SEG_OK) break;
        own->frame_bytes = image_bytes(&frame.image) + image_bytes(&frame.luma);
        status = seg_pipeline_apply(own->pipeline, &frame, &own->result);
        seg_frame_unref(&frame);
        if (status == SEG_OK && own->item->output_kind > OUTPUT_CURVES)
            status = seg_pipeline_render(own->pipeline, &own->result, &own->drawing);
        seg_pipeline_release_described(own->pipeline);
        results += status == SEG_OK;
        if (status < 0) break;
    }
    seg_frame_unref(&frame);
    own->drawing_bytes = image_bytes(&own->drawing);
    return status < 0 && status != SEG_END && status != SEG_ERROR_TRUNCATED ? status : SEG_OK;
}

static seg_status run(trial *own, seg_stream_info *info) {
    seg_status status = seg_pipeline_create(&own->pipeline, &own->how->config, &own->env);
    if (status >= 0) status = open_feed(own);
    if (status >= 0) {
        *info = own->feed.info;
        status = run_frames(own);
    }
    return status;
}

static void end(trial *own) {
    seg_image_unref(&own->drawing);
    seg_result_free(&own->result);
    seg_pipeline_free(own->pipeline);
    feed_free(&own->feed);
}

/* ---- the whole ---- */

/* Frames and drawings that wait while others are worked on. */
static int64_t waiting_bytes(const trial *own, const seg_stream_info *info) {
    int32_t length = stages_waiting(info, seg_pipeline_luma_suffices(own->pipeline));
    int32_t drawings = length < 1 ? 1 : length;
    return own->frame_bytes * length + own->drawing_bytes * drawings;
}

static int64_t decoder_bytes(const seg_stream_info *info, int32_t threads) {
    int64_t pixels = (int64_t)info->width * info->height;
    int32_t more = threads > 2 ? threads / 2 - 1 : 0;
    return pixels * (DECODER_BYTES + (int64_t)more * DECODER_THREAD_BYTES);
}

static bool writes_video(const job *item, const settings *from) {
    return item->output_kind == OUTPUT_WRITER &&
           !name_is_still(from->format ? from->format : name_extension(item->output));
}

seg_status estimate_memory(int64_t *bytes, seg_stream_info *info, const job *item,
                           const recipe *how, int32_t threads) {
    meter counted = {0};
    const seg_allocator allocator = {&counted, meter_allocate, meter_release};
    trial own = {.item = item, .how = how};
    own.env = (seg_env){.allocator = &allocator, .limits = &how->settings->limits};
    seg_result_init(&own.result, &own.env);
    seg_status status = run(&own, info);
    if (status >= 0) {
        int64_t encoder = sink_memory(item, how, &own.drawing);
        bool video = info->kind == SEG_SOURCE_VIDEO;
        *bytes = PROGRAM_BYTES + counted.peak + encoder;
        if (video) *bytes += decoder_bytes(info, threads);
        if (video || writes_video(item, how->settings)) *bytes += FFMPEG_BYTES;
        if (info->kind != SEG_SOURCE_PICTURE && threads > 1) *bytes += waiting_bytes(&own, info);
    }
    end(&own);
    return status;
}
