/* What `segment-flow` says about itself: its prose, and its methods as topics of help. */
#include "flow/describe.h"
#include "common/help.h"
#include <stdlib.h>

static const help_pair inputs[] = {
    {"FRAME1 FRAME2",
     "Two pictures of one size: PNG, JPEG, PNM, and whatever else FFmpeg decodes."},
    {"a video",
     "Any container and codec that FFmpeg decodes: the flow from each frame to the next."},
    {"a pattern, glob or directory", "frames/%05d.png, 'frames/*.png': one sequence of frames."},
    {"-", "Standard input: y4m, nut, mjpeg, ...; raw video with --raw-size."},
    {NULL, NULL}};

static const help_pair outputs[] = {
    {"NAME.flo, NAME.npy",
     "The field itself: u to the right and v down, in floats; fields/%05d.flo "
     "for video. With --consistency, occluded pixels are unknown: 1e10, as Middlebury has it."},
    {"NAME.kitti.png", "The field as KITTI stores it, in steps of 1/64 pixel; what is unknown is "
                       "flagged 0."},
    {"any other picture or video", "A picture of the flow, as --render says; default: colours."},
    {"NAME.csv, NAME.jsonl", "With --points: where each point is in each frame."},
    {"null:", "Nothing is written: for --stats."},
    {NULL, NULL}};

static const help_pair examples[] = {
    {"segment-flow frame10.png frame11.png flow.flo", "The flow between two pictures."},
    {"segment-flow --method dis --quality fastest in.mp4 flow.mp4 --legend",
     "A video of the flow in colours, with a wheel that says what they mean."},
    {"segment-flow --quality accurate a.png b.png flow.kitti.png --check --stats -",
     "A field for KITTI, with numbers and how well it explains the second picture."},
    {"segment-flow in.mp4 arrows.mp4 --render arrows --max-flow 20", "Arrows on the frames."},
    {"segment-flow a.png b.png hidden.png --render occlusion",
     "What the second picture does not show."},
    {"segment-flow in.mp4 tracks.csv --points auto", "Corners, followed through a video."},
    {"segment-flow in.mp4 null: --unit px/s --stats speeds.jsonl", "How fast things move."},
    {NULL, NULL}};

static const char *const usage[] = {
    "[--method NAME] [--PARAM VALUE]... [options] FRAME1 FRAME2 OUTPUT",
    "[--method NAME] [--PARAM VALUE]... [options] VIDEO OUTPUT",
    "--list [--json]",
    "--help [NAME]",
    "--version",
    NULL};

static const char *const groups[GROUP_COUNT] = {
    [GROUP_METHOD] = "Method",           [GROUP_INPUT] = "Input",
    [GROUP_OUTPUT] = "Output",           [GROUP_RUN] = "Running",
    [GROUP_INFORMATION] = "Information",
};

static const help_pair phrases[] = {
    {"method", "How the flow is found; --list names the methods. Default: horn-schunck."},
    {"fps", "Frames per second of sequences, raw video and a pair of pictures, e.g. 30 or "
            "30000/1001; default 25."},
    {"resize", "Bring frames to this size first; the flow refers to it."},
    {"on-resize", "When a video changes its size: scale to the first size (default), restart, or "
                  "fail."},
    {"format",
     "Format of OUTPUT instead of the one that its name calls for: flo or npy (the field), "
     "png, jpeg, pam, y4m, nut, rawvideo, matroska, ..."},
    {"list", "List the methods; with --json as data."},
    {"help", "This help, or that of a method, parameter or option."},
    {"codec", "Video encoder of FFmpeg; default a common one for pictures of the flow, ffv1 for "
              "data."},
    {"rng-seed", "Seed of methods that draw random numbers, 0 to 2^63-1; default 0. None of the "
                 "present methods does."},
    {NULL, NULL}};

static const help_list lists[] = {{"INPUT is", inputs, NULL},
                                  {"OUTPUT is", outputs, NULL},
                                  {"Exit status", help_exits, NULL},
                                  {"Environment", help_variables, NULL},
                                  {NULL, NULL, NULL}};

/* ---- methods as topics ---- */

/* The n-th flow method; NULL behind the last. */
static const seg_method *nth(int32_t index) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++)
        if (methods[i]->input & SEG_INPUT_PAIR && index-- == 0) return methods[i];
    return NULL;
}

static int32_t count_methods(void) {
    int32_t count = 0;
    while (nth(count))
        count++;
    return count;
}

static help_topic method_topic(int32_t index) {
    const seg_method *method = nth(index);
    help_topic topic = {.id = method->id,
                        .title = method->title,
                        .reference = method->reference,
                        .year = method->year,
                        .params = method->params,
                        .dashes = true};
    text_add(&topic.facts, "Gives the flow; with --consistency also what is occluded, which is "
                           "unknown flow then, and the confidence (--render).");
    return topic;
}

static const help_section sections[] = {
    {"Methods (segment-flow --help NAME shows the parameters)", "METHODS", "method", count_methods,
     method_topic},
};

static void add_list(text_buffer *target) {
    text_add(target, "Methods (--method)\n");
    for (int32_t i = 0; nth(i); i++)
        text_add(target, "  %-14s %s\n", nth(i)->id, nth(i)->title);
}

static void add_list_json(text_buffer *target) {
    json_t *all = json_array();
    for (int32_t i = 0; nth(i); i++) {
        const seg_method *method = nth(i);
        json_t *row = json_object(), *parameters = json_array();
        json_object_set_new(row, "id", json_string(method->id));
        json_object_set_new(row, "title", json_string(method->title));
        json_object_set_new(row, "reference", json_string(method->reference));
        json_object_set_new(row, "year", json_integer(method->year));
        for (int32_t k = 0; k < method->params->count; k++)
            json_array_append_new(parameters, help_describe_parameter(&method->params->items[k]));
        json_object_set_new(row, "parameters", parameters);
        json_array_append_new(all, row);
    }
    char *body = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    text_add(target, "%s\n", body ? body : "[]");
    free(body);
    json_decref(all);
}

const program flow_program = {
    .name = "segment-flow",
    .bit = PROGRAM_FLOW,
    .default_method = "horn-schunck",
    .title = "dense optical flow between frames",
    .summary = "Finds how every pixel moves from one frame to the next, as fields in files of "
               "Middlebury and KITTI, as pictures and as numbers. The same input gives the same "
               "bytes on every machine, with any number of threads.",
    .usage = usage,
    .groups = groups,
    .sections = sections,
    .section_count = 1,
    .lists = lists,
    .examples = examples,
    .phrases = phrases,
    .list = add_list,
    .list_json = add_list_json,
};
