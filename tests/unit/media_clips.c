/*
 * Real clips in many codecs, containers and timings, whole and damaged: every native frame and
 * its time against the reference decode that lies beside them. The clips are found through
 * SEGMENT_DATA (default ../shared/data beside the source); without them the tests are skipped.
 */
#include "media/ffmpeg/video_reader.h"

#include <check.h>
#include <dirent.h>
#include <inttypes.h>
#include <libavutil/imgutils.h>
#include <libavutil/md5.h>
#include <libavutil/mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FRAMES = 4096, MAX_CLIPS = 256 };

/* ---- the clips ---- */

static char clips[3000];
static char *names[MAX_CLIPS];
static int name_count;

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* False (with a message) where the clips are not there. */
static bool find_clips(void) {
    const char *data = getenv("SEGMENT_DATA");
    const char *source = getenv("SEGMENT_SOURCE");
    if (data)
        snprintf(clips, sizeof clips, "%s/video/clips/variants", data);
    else
        snprintf(clips, sizeof clips, "%s/../shared/data/video/clips/variants",
                 source ? source : ".");
    DIR *folder = opendir(clips);
    if (!folder) {
        printf("skipped: no clips in %s\n", clips);
        return false;
    }
    struct dirent *entry;
    while ((entry = readdir(folder)) && name_count < MAX_CLIPS) {
        if (strchr(entry->d_name, '.') && entry->d_name[0] != '.')
            names[name_count++] = strdup(entry->d_name);
    }
    closedir(folder);
    qsort(names, (size_t)name_count, sizeof *names, compare_names);
    return name_count > 0;
}

static char *clip_path(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", clips, name);
    return path;
}

/* ---- the reference ---- */

typedef struct reference {
    int64_t pts;
    char md5[33];
} reference;

static reference expected[MAX_FRAMES];
static AVRational expected_base;

/* Frames of the reference decode; 0 if there is none, as for clips that FFmpeg cannot decode. */
static int read_reference(const char *name) {
    char path[4200];
    snprintf(path, sizeof path, "%s/framemd5/%s.framemd5", clips, name);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    char line[400];
    int count = 0;
    while (fgets(line, sizeof line, file) && count < MAX_FRAMES) {
        if (sscanf(line, "#tb 0: %d/%d", &expected_base.num, &expected_base.den) == 2) continue;
        reference *next = &expected[count];
        if (sscanf(line, "0, %*d, %" SCNd64 ", %*d, %*d, %32s", &next->pts, next->md5) == 2)
            count++;
    }
    fclose(file);
    return count;
}

static void frame_md5(char *text, const AVFrame *frame) {
    int size = av_image_get_buffer_size(frame->format, frame->width, frame->height, 1);
    ck_assert_int_gt(size, 0);
    uint8_t *bytes = av_malloc((size_t)size);
    ck_assert_ptr_nonnull(bytes);
    av_image_copy_to_buffer(bytes, size, (const uint8_t *const *)frame->data, frame->linesize,
                            frame->format, frame->width, frame->height, 1);
    uint8_t sum[16];
    av_md5_sum(sum, bytes, (size_t)size);
    av_free(bytes);
    for (int i = 0; i < 16; i++)
        snprintf(text + 2 * i, 3, "%02x", sum[i]);
}

/* ---- native frames ---- */

static seg_status open_native(seg_video *video, seg_notes *notes, const char *name,
                              int32_t threads) {
    seg_reader_options options;
    seg_reader_options_init(&options);
    options.threads = threads;
    seg_input *input;
    seg_status status = seg_input_open(&input, clip_path(name), NULL);
    if (status < 0) return status;
    memset(notes, 0, sizeof *notes);
    return seg_video_open(video, input, &options, notes, NULL);
}

/* Frames are compared while they have the size and format of the first: the reference decode
 * brought later ones to it. Times count from the first frame, in the reference's unit. */
static void check_clip(const char *name) {
    int wanted = read_reference(name);
    if (!wanted) return;
    seg_video video;
    static seg_notes notes;
    ck_assert_msg(open_native(&video, &notes, name, 1) == SEG_OK, "%s: %s", name,
                  seg_error_detail());
    AVFrame *frame = av_frame_alloc();
    uint32_t flags;
    int64_t first_pts = 0;
    int width = 0, height = 0, format = 0;
    int count = 0;
    int compared = 0;
    seg_status status;
    while ((status = seg_video_next(&video, frame, &flags)) == SEG_OK) {
        ck_assert_msg(count < wanted, "%s: more than %d frames", name, wanted);
        if (!count) {
            first_pts = frame->pts;
            width = frame->width, height = frame->height, format = frame->format;
        }
        int64_t pts = av_rescale_q(frame->pts - first_pts, video.stream->time_base, expected_base);
        int64_t wanted_pts = expected[count].pts - expected[0].pts;
        ck_assert_msg(pts == wanted_pts, "%s: frame %d is at %" PRId64 ", not %" PRId64, name,
                      count, pts, wanted_pts);
        if (frame->width == width && frame->height == height && frame->format == format) {
            char md5[33];
            frame_md5(md5, frame);
            ck_assert_msg(!strcmp(md5, expected[count].md5), "%s: frame %d differs", name, count);
            compared++;
        }
        count++;
    }
    ck_assert_msg(status == SEG_END, "%s: %s", name, seg_error_detail());
    ck_assert_msg(count == wanted, "%s: %d frames, not %d", name, count, wanted);
    ck_assert_msg(compared >= wanted / 3, "%s: only %d frames compared", name, compared);
    av_frame_free(&frame);
    seg_video_close(&video);
}

START_TEST(native_frames_equal_reference) {
    check_clip(names[_i]);
}
END_TEST

/* ---- delivered frames ---- */

typedef struct record {
    int64_t pts;
    uint32_t flags;
    int bits;
    char md5[33];
} record;

typedef struct recording {
    record frames[MAX_FRAMES];
    int count;
    seg_status status;
    AVRational time_base;
} recording;

static void image_md5(char *text, const seg_image *image) {
    struct AVMD5 *md5 = av_md5_alloc();
    uint8_t sum[16];
    size_t row = (size_t)image->width * image->channels * seg_format_size(image->format);
    av_md5_init(md5);
    for (int32_t y = 0; y < image->height; y++) {
        /* FFmpeg 4.4 takes the size as an int. */
        av_md5_update(md5, seg_image_row(image, y), (int)row);
    }
    av_md5_final(md5, sum);
    av_free(md5);
    for (int i = 0; i < 16; i++)
        snprintf(text + 2 * i, 3, "%02x", sum[i]);
}

static const seg_image *main_image(const seg_frame *frame) {
    return seg_image_empty(&frame->luma) ? &frame->image : &frame->luma;
}

static void record_clip(recording *made, const char *path, const seg_reader_options *options) {
    made->count = 0;
    seg_reader *reader;
    made->status = seg_reader_open(&reader, path, options, NULL);
    if (made->status < 0) {
        ck_assert_msg(strlen(seg_error_detail()) > 10, "%s is refused without a word", path);
        return;
    }
    const seg_stream_info *info = seg_reader_info(reader);
    made->time_base = (AVRational){info->time_base.num, info->time_base.den};
    seg_frame frame = {0};
    while ((made->status = seg_reader_read(reader, &frame)) == SEG_OK) {
        ck_assert_int_lt(made->count, MAX_FRAMES);
        record *next = &made->frames[made->count++];
        next->pts = frame.pts;
        next->flags = frame.flags;
        next->bits = main_image(&frame)->bits;
        image_md5(next->md5, main_image(&frame));
    }
    seg_reader_close(reader);
}

static void check_same(const char *name, const recording *a, int first, const recording *b) {
    ck_assert_msg(a->status == b->status, "%s: %s and %s", name, seg_status_name(a->status),
                  seg_status_name(b->status));
    ck_assert_msg(a->count - first == b->count, "%s: %d frames, not %d", name, b->count,
                  a->count - first);
    for (int i = 0; i < b->count; i++) {
        const record *wanted = &a->frames[first + i];
        const record *got = &b->frames[i];
        ck_assert_msg(wanted->pts == got->pts, "%s: frame %d is at %" PRId64 ", not %" PRId64, name,
                      first + i, got->pts, wanted->pts);
        ck_assert_msg(!strcmp(wanted->md5, got->md5), "%s: frame %d differs", name, first + i);
        ck_assert_msg(wanted->flags == got->flags, "%s: flags of frame %d differ", name, first + i);
    }
}

/* A clip that is there for its speed: some of its frames are enough. */
static bool is_large(const char *name) {
    return strstr(name, "1080p") != NULL;
}

static recording reference_recording;
static recording other_recording;

/* Decoder threads change nothing, not even in damaged files. */
START_TEST(threads_change_nothing) {
    seg_reader_options options;
    seg_reader_options_init(&options);
    options.luma_only = true;
    if (is_large(names[_i])) options.limit = 20;
    record_clip(&reference_recording, clip_path(names[_i]), &options);
    options.threads = 3;
    record_clip(&other_recording, clip_path(names[_i]), &options);
    check_same(names[_i], &reference_recording, 0, &other_recording);
}
END_TEST

/* A later start gives exactly the frames that reading from the beginning gives. */
START_TEST(starts_are_exact) {
    const char *name = names[_i];
    /* A clip that changes its size is brought to the size of the first frame that is read. */
    if (!strncmp(name, "damaged_", 8) || !strncmp(name, "reschange_", 10) || is_large(name)) return;
    seg_reader_options options;
    seg_reader_options_init(&options);
    options.luma_only = true;
    record_clip(&reference_recording, clip_path(name), &options);
    if (reference_recording.status < 0 || reference_recording.count < 8) return;
    for (int part = 1; part < 4; part += 2) {
        int first = reference_recording.count * part / 4;
        int64_t passed = reference_recording.frames[first].pts - reference_recording.frames[0].pts;
        AVRational unit = reference_recording.time_base;
        /* As the reader counts it, so that the comparison is exact. */
        options.start = (double)passed * unit.num / unit.den;
        record_clip(&other_recording, clip_path(name), &options);
        /* What is told about the very first delivered frame may differ: it follows nothing. */
        if (other_recording.count)
            other_recording.frames[0].flags |= reference_recording.frames[first].flags;
        check_same(name, &reference_recording, first, &other_recording);
    }
}
END_TEST

/* ---- in and out ---- */

static void copy_clip(const char *name, const char *target, seg_reader_options *options) {
    seg_reader *reader;
    if (seg_reader_open(&reader, clip_path(name), options, NULL) < 0) return;
    const seg_stream_info *info = seg_reader_info(reader);
    seg_writer_options writing;
    seg_writer_options_init(&writing);
    writing.content = SEG_CONTENT_DATA;
    writing.time_base = info->time_base;
    writing.frame_rate = info->frame_rate;
    writing.sample_aspect = info->sample_aspect;
    writing.overwrite = true;
    seg_writer *writer;
    seg_status status = seg_writer_open(&writer, target, &writing, NULL);
    ck_assert_msg(status == SEG_OK, "%s: %s", name, seg_error_detail());
    seg_frame frame = {0};
    while (seg_reader_read(reader, &frame) == SEG_OK) {
        status =
            seg_writer_write(writer, main_image(&frame), frame.index, frame.pts, frame.duration);
        ck_assert_msg(status == SEG_OK, "%s: %s", name, seg_error_detail());
    }
    status = seg_writer_finish(writer, NULL);
    ck_assert_msg(status == SEG_OK, "%s: %s", name, seg_error_detail());
    seg_reader_close(reader);
}

/* Frames out = frames in, with equal samples, equal time stamps and pixels of equal shape. */
START_TEST(frames_out_are_frames_in) {
    static const char *const extensions[] = {"nut", "mkv"};
    const char *name = names[_i];
    seg_reader_options options;
    seg_reader_options_init(&options);
    options.luma_only = true;
    bool timing = strstr(name, "vfr") || strstr(name, "rot") || strstr(name, "ntsc") ||
                  strstr(name, "offset") || strstr(name, "fps1000");
    if (is_large(name)) options.limit = 5;
    /* Where nothing happens on the way, the beginning tells all. */
    else if (!timing && !strstr(name, "change"))
        options.limit = 20;
    record_clip(&reference_recording, clip_path(name), &options);
    if (!reference_recording.count) return;
    for (int k = 0; k < (timing ? 2 : 1); k++) {
        char target[300];
        const char *base = getenv("TMPDIR");
        snprintf(target, sizeof target, "%s/segment-clip-%ld.%s", base && *base ? base : "/tmp",
                 (long)getpid(), extensions[k]);
        copy_clip(name, target, &options);
        seg_reader_options plain;
        seg_reader_options_init(&plain);
        record_clip(&other_recording, target, &plain);
        unlink(target);
        ck_assert_msg(other_recording.count == reference_recording.count, "%s: %d frames became %d",
                      name, reference_recording.count, other_recording.count);
        for (int i = 0; i < other_recording.count; i++) {
            const record *in = &reference_recording.frames[i];
            const record *out = &other_recording.frames[i];
            /* Matroska counts in milliseconds. */
            int64_t wanted =
                k ? av_rescale_q(in->pts, reference_recording.time_base, other_recording.time_base)
                  : in->pts;
            AVRational unit = k ? other_recording.time_base : reference_recording.time_base;
            ck_assert_msg(av_compare_ts(wanted, unit, out->pts, other_recording.time_base) == 0,
                          "%s in %s: frame %d is at %" PRId64 ", not %" PRId64, name, extensions[k],
                          i, out->pts, in->pts);
            /* Odd depths become 16 bits. */
            ck_assert_msg(in->bits % 8 || !strcmp(in->md5, out->md5), "%s in %s: frame %d differs",
                          name, extensions[k], i);
        }
    }
}
END_TEST

int main(void) {
    if (!find_clips()) return 0;
    Suite *suite = suite_create("clips");
    TCase *cases = tcase_create("variants");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, native_frames_equal_reference, 0, name_count);
    tcase_add_loop_test(cases, threads_change_nothing, 0, name_count);
    tcase_add_loop_test(cases, starts_are_exact, 0, name_count);
    tcase_add_loop_test(cases, frames_out_are_frames_in, 0, name_count);

    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
