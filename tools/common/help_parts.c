/* Prose and small phrases that --help, the manual page and --list have in common. */
#include "common/help.h"
#include <stdio.h>
#include <string.h>

const char help_summary[] =
    "Segments images and video with classical methods: thresholds, regions, edges, frame "
    "differences, background models. The same input gives the same bytes on every machine, with "
    "any number of threads.";

const help_pair help_inputs[] = {
    {"a picture",
     "PNG, JPEG, PNM, PAM, NPY, and whatever else FFmpeg decodes. Content decides, not "
     "the name."},
    {"a video", "Any container and codec that FFmpeg decodes. Time stamps, rotation and variable "
                "frame rates are kept."},
    {"a pattern or quoted glob", "frames/%05d.png or 'frames/*.png': one sequence of frames. An "
                                 "existing file of that very name goes first."},
    {"a directory", "Its pictures and videos in natural order, each for itself; one sequence with "
                    "--sequence, or with a method that needs video if all are pictures."},
    {"-", "Standard input: y4m, nut, mjpeg, PNG, PAM, ...; raw video with --raw-size."},
    {NULL, NULL}};

const help_pair help_outputs[] = {
    {"a picture or video", "By extension, or by --format. Masks and labels are written losslessly "
                           "(FFV1 in video)."},
    {"NAME.svg", "Outlines of one picture."},
    {"a pattern", "out/%05d.png: a picture for each frame."},
    {"a directory", "One file for each input, or for each frame of a sequence, named as the input "
                    "is. It is made if it is missing."},
    {"a template", "{stem}, {ext} and {index} stand for parts of the input's name and its number."},
    {"-", "Standard output, with --format y4m, nut, rawvideo, pam or png."},
    {"null:", "Nothing is written."},
    {NULL, NULL}};

const help_pair help_exits[] = {{"0", "Done."},
                                {"1", "Failed."},
                                {"2", "Wrong usage; nothing was done."},
                                {"3", "Some inputs failed (--keep-going)."},
                                {"4", "An input ended early; all that it held was processed."},
                                {"130, 143", "Stopped by Ctrl-C or SIGTERM; what was written is in "
                                             "OUTPUT.partial."},
                                {NULL, NULL}};

const help_pair help_variables[] = {
    {"SEG_CPU", "ref, base or avx2: use this instruction set at most. Results never depend on it."},
    {NULL, NULL}};

const help_pair help_examples[] = {
    {"segment --method canny in.png out.png", "Edges of a picture."},
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
    {NULL, NULL}};

void help_option_name(char *name, size_t size, const option_row *row) {
    char letter[8] = "";
    if (row->letter) snprintf(letter, sizeof letter, "-%c, ", row->letter);
    if (row->kind == OPTION_SWITCH)
        snprintf(name, size, "%s--%s, --no-%s", letter, row->name, row->name);
    else if (row->kind == OPTION_VALUE)
        snprintf(name, size, "%s--%s %s", letter, row->name, row->argument);
    else if (row->kind == OPTION_OPTIONAL)
        snprintf(name, size, "%s--%s[%s%s]", letter, row->name,
                 row->group == GROUP_INFORMATION ? " " : "=", row->argument);
    else
        snprintf(name, size, "%s--%s", letter, row->name);
}

static const char *type_phrase(const seg_param *param) {
    switch (param->type) {
    case SEG_PARAM_BOOL:
        return "switch";
    case SEG_PARAM_INT:
        return "whole number";
    case SEG_PARAM_FLOAT:
        return "number";
    case SEG_PARAM_ENUM:
        return "choice";
    case SEG_PARAM_LEVEL:
        return "level (50, 20%, p90, 12000raw, auto, auto:otsu, auto:median, "
               "auto:noise)";
    case SEG_PARAM_DURATION:
        return "time (200f, 8s, 500ms)";
    case SEG_PARAM_SIZE:
        return "size (15, 0.5%)";
    case SEG_PARAM_RECT:
        return "rectangle (x,y,w,h)";
    case SEG_PARAM_SEEDS:
        return "seeds (x,y;x,y..., a label picture, or auto)";
    default:
        return "picture";
    }
}

static bool has_range(const seg_param *param) {
    return param->type == SEG_PARAM_INT || param->type == SEG_PARAM_FLOAT ||
           param->type == SEG_PARAM_LEVEL || param->type == SEG_PARAM_DURATION ||
           param->type == SEG_PARAM_SIZE;
}

void help_parameter_values(char *values, size_t size, const seg_param *param) {
    size_t used = 0;
    if (param->type == SEG_PARAM_ENUM)
        for (int i = 0; param->names[i] && used < size; i++)
            used +=
                (size_t)snprintf(values + used, size - used, "%s%s", i ? "|" : "", param->names[i]);
    else
        used += (size_t)snprintf(values, size, "%s", type_phrase(param));
    if (has_range(param) && used < size)
        used += (size_t)snprintf(values + used, size - used, ", %g to %g%s%s", param->min,
                                 param->max, param->unit[0] ? " " : "", param->unit);
    if (used < size)
        snprintf(values + used, size - used, "; default %s",
                 param->default_text ? param->default_text : "none");
}

bool help_is_method(const seg_method *method) {
    return method->input & (SEG_INPUT_PICTURE | SEG_INPUT_PAIR | SEG_INPUT_STREAM);
}

void help_outputs_of(char *list, size_t size, const seg_method *method) {
    static const char *const names[] = {"mask", "labels", "score", "background", "picture", "flow"};
    size_t used = 0;
    list[0] = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (method->outputs & 1u << i && used < size)
            used += (size_t)snprintf(list + used, size - used, "%s%s", used ? ", " : "", names[i]);
}
