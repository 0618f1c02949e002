/* What `segment-augment` says about itself: its prose, and the augmentations as topics of help. */
#include "augment/describe.h"
#include "common/help.h"
#include <segment/augment.h>
#include <stdlib.h>

static const help_pair inputs[] = {
    {"a directory", "All pictures and videos in it and below it. They are called by their path in "
                    "it, and so are their copies."},
    {"a picture or video", "Whatever FFmpeg decodes. All frames of a video are drawn alike."},
    {"a pattern or quoted glob", "pictures/%05d.png or 'pictures/*.jpg'."},
    {NULL, NULL}};

static const help_pair outputs[] = {
    {"a directory", "The copies of cats/1.jpg are cats/1_1.jpg, cats/1_2.jpg, ... in it. It is "
                    "made if it is missing."},
    {"a picture or video", "Of one input with one copy."},
    {NULL, NULL}};

static const help_pair examples[] = {
    {"segment-augment --pipeline 'hflip(p=0.5), rotate(limit=15)' --copies 5 pictures/ more/",
     "Five copies of each picture."},
    {"segment-augment --pipeline policy.json --rng-seed 42 --manifest drawn.jsonl in/ out/",
     "A pipeline in a file, and what was drawn in another."},
    {"segment-augment --replay drawn.jsonl in/ again/", "The same files, byte for byte."},
    {"segment-augment --pipeline 'mosaic(width=640, height=640), colour-jitter' --shard 2/8 in/ "
     "out/",
     "The second of eight machines; partners are drawn from the whole set."},
    {"segment-augment --pipeline 'rotate, mosaic(p=0.5)' --labels coco.json --output-labels "
     "new.json in/ out/",
     "Boxes, polygons, key points and masks follow."},
    {"segment-augment --preview sheet.png --pipeline policy.json --copies 4 --labels coco.json in/",
     "What it will look like."},
    {"segment-augment --online --epochs 10 --batch 32 --resize 224x224 --pipeline policy.json in/ "
     "| trainer",
     "Arrays of NumPy, drawn anew in each epoch."},
    {"segment-augment --pipeline 'rotate(limit=5), fog(p=0.3)' street.mp4 foggy.mp4",
     "The same draw on all frames of a video."},
    {NULL, NULL}};

static const char *const usage[] = {"--pipeline TEXT [options] INPUT... OUTPUT",
                                    "--replay MANIFEST [options] INPUT... OUTPUT",
                                    "--preview SHEET --pipeline TEXT [options] INPUT...",
                                    "--online --pipeline TEXT [options] INPUT...",
                                    "--list [--json]",
                                    "--help [NAME]",
                                    "--version",
                                    NULL};

static const char *const groups[GROUP_COUNT] = {
    [GROUP_METHOD] = "Pipeline", [GROUP_METRIC] = "Labels", [GROUP_INPUT] = "Input",
    [GROUP_OUTPUT] = "Output",   [GROUP_RUN] = "Running",   [GROUP_INFORMATION] = "Information",
};

static const help_pair phrases[] = {
    {"rng-seed", "Seed of all draws, 0 to 2^63-1; default 0. A draw depends on it, on the name of "
                 "the sample, the number of the copy and the place of the step in the pipeline, "
                 "and on nothing else."},
    {"resize", "The last step of the pipeline brings copies to this size, WxH."},
    {"jobs", "Samples worked on at once; they share the threads. Default: as many as threads."},
    {"shard", "Work on this part of the samples only, e.g. 3/8. The set is the same for all parts: "
              "together they write the files of one run."},
    {"resume", "Skip samples that a journal beside OUTPUT says are done: same file, pipeline and "
               "options."},
    {"report", "Write a JSON line for each sample: its copies, or that it failed; - is standard "
               "output."},
    {"format", "Format of the copies instead of that of their inputs: png, jpeg, pam, ..., or mp4, "
               "matroska, ... of videos."},
    {"codec", "Video encoder of FFmpeg; default a common one."},
    {"dry-run", "Print what would be done, and stop."},
    {"list", "List the augmentations; with --json as data."},
    {"help", "This help, or that of an augmentation, parameter or option."},
    {NULL, NULL}};

static const help_pair grammar[] = {
    {"rotate(limit=15)", "A step with a parameter; rotate(15) is the same: values without a name "
                         "fill the parameters in their order."},
    {"hflip(p=0.5)", "Every step has p, the probability that it is applied."},
    {"one-of(gaussian-blur, median-blur)", "Policies hold steps: one-of, some-of, sequence, ..."},
    {"policy.json", "A file: [\"hflip\", {\"name\": \"rotate\", \"limit\": 15}, {\"name\": "
                    "\"one-of\", \"steps\": [...]}]"},
    {NULL, NULL}};

static const help_list lists[] = {{"INPUT is", inputs, NULL},
                                  {"OUTPUT is", outputs, NULL},
                                  {"A pipeline is steps with commas between them", grammar, NULL},
                                  {"Exit status", help_exits, NULL},
                                  {"Environment", help_variables, NULL},
                                  {NULL, NULL, NULL}};

/* ---- augmentations as topics ---- */

static const seg_augmentation *nth(int32_t index) {
    int32_t count;
    return seg_augmentations(&count)[index];
}

static int32_t count_all(void) {
    int32_t count;
    (void)seg_augmentations(&count);
    return count;
}

static help_topic topic_of(int32_t index) {
    const seg_augmentation *a = nth(index);
    help_topic topic = {.id = a->id,
                        .title = a->title,
                        .reference = a->reference,
                        .year = a->year,
                        .params = a->params};
    text_add(&topic.facts, "Family %s", a->family);
    if (a->partners) text_add(&topic.facts, "; takes %d other samples", (int)a->partners);
    if (a->holds) text_add(&topic.facts, "; its arguments are steps");
    if (a->labels == SEG_LABEL_ALL) {
        text_add(&topic.facts, ". All labels follow.");
        return topic;
    }
    text_add(&topic.facts, ". Refuses labels of kind");
    for (uint32_t bit = 1, first = 1; bit < SEG_LABEL_ALL; bit <<= 1)
        if (!(a->labels & bit)) {
            text_add(&topic.facts, "%s %s", first ? "" : ",", seg_label_kind_name(bit));
            first = 0;
        }
    text_add(&topic.facts, ".");
    return topic;
}

static const help_section sections[] = {
    {"Augmentations (segment-augment --help NAME shows the parameters)", "AUGMENTATIONS",
     "augmentation", count_all, topic_of},
};

static void add_list(text_buffer *target) {
    const char *family = "";
    for (int32_t i = 0; i < count_all(); i++) {
        const seg_augmentation *a = nth(i);
        text_add(target, "%-10s %-20s %s\n", text_equal(family, a->family) ? "" : a->family, a->id,
                 a->title);
        family = a->family;
    }
}

static json_t *describe(const seg_augmentation *a) {
    json_t *all = json_object(), *parameters = json_array(), *labels = json_array();
    json_object_set_new(all, "id", json_string(a->id));
    json_object_set_new(all, "title", json_string(a->title));
    json_object_set_new(all, "family", json_string(a->family));
    json_object_set_new(all, "reference", json_string(a->reference));
    json_object_set_new(all, "year", a->year ? json_integer(a->year) : json_null());
    json_object_set_new(all, "partners", json_integer(a->partners));
    json_object_set_new(all, "holds", json_boolean(a->holds));
    for (uint32_t bit = 1; bit < SEG_LABEL_ALL; bit <<= 1)
        if (a->labels & bit) json_array_append_new(labels, json_string(seg_label_kind_name(bit)));
    json_object_set_new(all, "labels", labels);
    for (int32_t i = 0; i < a->params->count; i++)
        json_array_append_new(parameters, help_describe_parameter(&a->params->items[i]));
    json_object_set_new(all, "parameters", parameters);
    return all;
}

static void add_list_json(text_buffer *target) {
    json_t *all = json_array();
    for (int32_t i = 0; i < count_all(); i++)
        json_array_append_new(all, describe(nth(i)));
    char *body = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    text_add(target, "%s\n", body ? body : "[]");
    free(body);
    json_decref(all);
}

const program augment_program = {
    .name = "segment-augment",
    .bit = PROGRAM_AUGMENT,
    .title = "augmentation of data sets",
    .summary =
        "Makes copies of pictures and videos that differ as new ones might: turned, blurred, "
        "mixed, in other light. Their labels follow. The same seed gives the same bytes on every "
        "machine, with "
        "any number of threads, in any number of parts.",
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
