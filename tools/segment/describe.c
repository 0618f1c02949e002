/* What `segment` says about itself: its prose, and its methods and operations as topics of help. */
#include "segment/describe.h"
#include "common/help.h"
#include <segment/objects.h>

static const help_pair inputs[] = {
    {"a picture",
     "PNG, JPEG, PNM, PAM, NPY, and whatever else FFmpeg decodes. Content decides, not "
     "the name. What is transparent counts as it is stored; a cutout stays transparent there."},
    {"a video", "Any container and codec that FFmpeg decodes. Time stamps, rotation and variable "
                "frame rates are kept."},
    {"a pattern or quoted glob", "frames/%05d.png or 'frames/*.png': one sequence of frames. An "
                                 "existing file of that very name goes first."},
    {"a directory", "Its pictures and videos in natural order, each for itself; one sequence with "
                    "--sequence, or with a method that needs video if all are pictures."},
    {"-", "Standard input: y4m, nut, mjpeg, PNG, PAM, ...; raw video with --raw-size."},
    {NULL, NULL}};

static const help_pair outputs[] = {
    {"a picture or video", "By extension, or by --format. Masks, labels and scores are written "
                           "losslessly (FFV1 in video). Labels have 16 bits; beyond 65535 a PNG is "
                           "RGB, id = R + 256 G + 65536 B as in COCO's panoptic files, and .npy "
                           "holds 32 bits. Scores have 16 bits, full scale fixed by the method; "
                           ".npy and .pfm hold 0 to 1."},
    {"NAME.svg", "Outlines of one picture; of canny its edges as curves between the pixels, unless "
                 "--render contours asks for outlines."},
    {"NAME.csv", "The points of such curves, of all frames: frame, curve, closed, x, y (pixel 0,0 "
                 "has its centre at 0,0), nx, ny (towards the brighter side), strength."},
    {"a pattern", "out/%05d.png: a picture for each frame."},
    {"a directory", "One file for each input, or for each frame of a sequence, named as the input "
                    "is. It is made if it is missing."},
    {"a template", "{stem}, {ext} and {index} stand for parts of the input's name and its number, "
                   "also in names of pictures that options take: --trimap 'maps/{stem}.png'."},
    {"-", "Standard output, with --format y4m, nut, rawvideo, pam or png."},
    {"null:", "Nothing is written."},
    {NULL, NULL}};

static const help_pair examples[] = {
    {"segment --method canny in.png out.png", "Edges of a picture."},
    {"segment --method canny --colour tensor in.png edges.svg",
     "Edges of colours, as curves between the pixels."},
    {"segment --method otsu --report - scans/ masks/ | jq .decisions.level",
     "A mask for each picture of a directory, and the levels that were chosen."},
    {"segment street.mp4 masks.mkv --objects people.jsonl",
     "What moves, against a background model, as a mask video and as a list of objects."},
    {"segment --method frame-diff dashcam.mp4 out.mp4 --render overlay",
     "Differences of frames, drawn on the video."},
    {"ffmpeg -i in.mp4 -f yuv4mpegpipe - | segment --method background - - --format y4m | ffplay -",
     "In the middle of a pipeline."},
    {"segment --method otsu --post 'open(3),fill-holes' --keep 'area>50' cells.tif cells.png",
     "A mask without specks."},
    {"segment --try-all threshold page.png sheet.png",
     "What each of the thresholds makes of a page, side by side."},
    {NULL, NULL}};

static const char *const usage[] = {"[--method NAME] [--PARAM VALUE]... [options] INPUT... OUTPUT",
                                    "[--method NAME] --train CLIP --save-model FILE",
                                    "--try-all FAMILY [--truth TRUTH] [options] INPUT OUTPUT",
                                    "--list [--json]",
                                    "--help [NAME]",
                                    "--version",
                                    NULL};

static const char *const groups[GROUP_COUNT] = {
    [GROUP_METHOD] = "Method",           [GROUP_INPUT] = "Input",
    [GROUP_OUTPUT] = "Output",           [GROUP_RUN] = "Running",
    [GROUP_INFORMATION] = "Information", [GROUP_METRIC] = "Trying methods",
};

static const help_pair phrases[] = {
    {"truth", "With --try-all: a picture of what is right. Each method is scored."},
    {"metric", "With --truth: the metric; default masks, for regions regions. Its parameters are "
               "options, too; segment-eval --help NAME tells them."},
    {"measure", "With --truth: the measure that is shown; default the one that the metric is known "
                "for."},
    {NULL, NULL}};

static const help_list lists[] = {
    {"INPUT is", inputs, NULL},
    {"OUTPUT is", outputs,
     "OUTPUT may be left out with --report, --objects or --save-model; with --train and "
     "--save-model INPUT, too: the model is learnt and saved."},
    {"Exit status", help_exits, NULL},
    {"Environment", help_variables, NULL},
    {NULL, NULL, NULL}};

bool segment_is_method(const seg_method *method) {
    return method->input & (SEG_INPUT_PICTURE | SEG_INPUT_STREAM);
}

bool segment_is_flow(const seg_method *method) {
    return method->input & SEG_INPUT_PAIR;
}

/* ---- methods and operations as topics ---- */

/* The n-th method, or the n-th operation of --post; NULL behind the last. */
static const seg_method *nth(int32_t index, bool methods_wanted) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++)
        if (!segment_is_flow(methods[i]) && segment_is_method(methods[i]) == methods_wanted &&
            index-- == 0)
            return methods[i];
    return NULL;
}

static int32_t count_of(bool methods_wanted) {
    int32_t count = 0;
    while (nth(count, methods_wanted))
        count++;
    return count;
}

static int32_t count_methods(void) {
    return count_of(true);
}

static int32_t count_operations(void) {
    return count_of(false);
}

static help_topic describe(const seg_method *method) {
    static const char *const names[] = {"mask", "labels", "score", "background", "picture", "flow"};
    bool is_method = segment_is_method(method), first = true;
    help_topic topic = {.id = method->id,
                        .title = method->title,
                        .reference = method->reference,
                        .year = method->year,
                        .params = method->params,
                        .dashes = is_method};
    text_add(&topic.facts, "Family %s; gives ", method->family);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(method->outputs & 1u << i)) continue;
        text_add(&topic.facts, "%s%s", first ? "" : ", ", names[i]);
        first = false;
    }
    text_add(&topic.facts, "%s%s.",
             method->input & SEG_INPUT_STREAM ? "; works on frames in order" : "",
             is_method ? "" : "; used in --post");
    return topic;
}

static help_topic method_topic(int32_t index) {
    return describe(nth(index, true));
}

static help_topic operation_topic(int32_t index) {
    return describe(nth(index, false));
}

/* ---- what stands behind every method ---- */

static int32_t count_stages(void) {
    return 1;
}

static help_topic stage_topic(int32_t index) {
    (void)index;
    help_topic topic = {
        .id = "track",
        .title = "objects followed from frame to frame",
        .reference = "S. Blackman, R. Popoli, Design and Analysis of Modern Tracking Systems",
        .year = 1999,
        .params = seg_track_params(),
        .dashes = true};
    text_add(&topic.facts, "A constant-velocity Kalman filter for each object, optimal assignment "
                           "within gates. Any of the parameters implies --track. Objects that meet "
                           "keep their ids, pieces of one are put together; what is no track yet "
                           "is in the mask, but neither in the labels nor in --objects.");
    return topic;
}

static const help_section sections[] = {
    {"Methods (segment --help NAME shows the parameters)", "METHODS", "method", count_methods,
     method_topic},
    {"Operations of --post, on masks and labels", "OPERATIONS OF --post", "operation",
     count_operations, operation_topic},
    {"Behind the method", "BEHIND THE METHOD", "stage", count_stages, stage_topic},
};

const program segment_program = {
    .name = "segment",
    .bit = PROGRAM_SEGMENT,
    .title = "classical image and video segmentation",
    .summary =
        "Segments images and video with classical methods: thresholds, regions, edges, frame "
        "differences, background models. The same input gives the same bytes on every machine, "
        "with "
        "any number of threads.",
    .usage = usage,
    .groups = groups,
    .sections = sections,
    .section_count = 3,
    .lists = lists,
    .examples = examples,
    .phrases = phrases,
    .list = segment_add_list,
    .list_json = segment_add_list_json,
};
