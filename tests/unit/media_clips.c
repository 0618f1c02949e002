/*
 * Real clips in many codecs, containers and timings, whole and damaged: every native frame and
 * its time against the reference decode that lies beside them. The clips are found through
 * SEGMENT_DATA (default ../shared/data beside the source); without them the tests are skipped.
 */
#include "media/video_reader.h"

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

int main(void) {
    if (!find_clips()) return 0;
    Suite *suite = suite_create("clips");
    TCase *cases = tcase_create("variants");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, native_frames_equal_reference, 0, name_count);

    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
