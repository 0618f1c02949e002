/* What `segment-eval` says about itself: its prose, and its metrics as topics of help. */
#include "eval/describe.h"
#include "common/help.h"
#include "eval/plot.h"
#include <math.h>
#include <stdio.h>

static const help_pair inputs[] = {
    {"a picture", "PNG, JPEG, PNM, PAM, PFM, NPY, .flo and whatever else FFmpeg decodes. Samples "
                  "are taken as they are; grey that is stored in colours is grey, and a palette of "
                  "colours gives its indices."},
    {"a directory", "All pictures and videos below it. Prediction and truth have the same name, "
                    "whatever their extensions; directories below it are groups."},
    {"annotators", "For metrics that take several truths: NAME_1.png, NAME_2.png, ... or all "
                   "files of a directory NAME."},
    {"a pattern or quoted glob", "pred/%05d.png or 'pred/*.png': paired by number or by name."},
    {"a video", "Frame by frame, in constant memory; the truth may also be a directory, pattern "
                "or glob of its frames. Their numbers must agree."},
    {"annotations",
     "For metrics of instances: COCO's JSON (instances, results, or panoptic with its "
     "label pictures in a directory of the same name), MOTChallenge's rows (NAME.txt "
     "or NAME/gt/gt.txt), KITTI's tracks, JSON Lines of segment --objects."},
    {"a CDnet tree", "TRUTH/category/video/groundtruth with temporalROI.txt and ROI.bmp, masks in "
                     "PRED/category/video or as PRED/category/video.mkv."},
    {"-", "Standard input, for one of them: y4m, nut, png, pam, ..."},
    {NULL, NULL}};

static const help_pair conventions[] = {
    {"micro", "All pairs together as if they were one: counts are added, then measures taken."},
    {"macro", "The mean of the files' values, without those that are undefined."},
    {"undefined", "A ratio 0/0 is undefined (-, null, or empty), unless there is no error at all: "
                  "then it has its perfect value."},
    {"infinite", "inf; in JSON, which has no such number, 1e308, or -1e308."},
    {"names", "JSON and CSV name measures as variables are named: f_beta for f-beta, r0_5 for "
              "r0.5. Options take either."},
    {"problems", "What is missing, has no partner, another size, or cannot be read is named and "
                 "fails the run; with --keep-going the rest is scored. Nothing is left out in "
                 "silence."},
    {NULL, NULL}};

static const help_pair examples[] = {
    {"segment-eval masks masks/ truth/", "Scores of a directory of masks."},
    {"segment-eval masks masks/ truth/ --json | jq .f1", "One number of them."},
    {"segment-eval masks masks/ truth/ --per-file --csv scores.csv",
     "A line for each file, on the terminal and in a file."},
    {"segment --method background in.mp4 - --format y4m | segment-eval masks - truth/",
     "Masks of a video as they come, against one picture a frame."},
    {"segment-eval masks --compare old/ new/ truth/ --bootstrap",
     "Is the new one better? Paired tests, and intervals of the differences."},
    {"segment-eval masks masks/ truth/ --html report.html --pictures photos/",
     "A page with tables, plots and the worst pictures."},
    {"segment-eval scores soft/ truth/ --plot roc.svg", "A ROC curve."},
    {"segment-eval boundaries edges/ truth/",
     "ODS, OIS and AP; truth/ has NAME_1.png, NAME_2.png, ..."},
    {"segment-eval change results/ dataset2014/", "CDnet's table, by category and overall."},
    {"segment-eval instances detections.json instances_val2017.json", "COCO's AP."},
    {"segment-eval tune --method threshold --vary level=20:235:44 --truth truth/ photos/",
     "The level that gives the best f1, and what it will give on other pictures."},
    {NULL, NULL}};

static const help_pair phrases[] = {
    {"rng-seed", "Seed of the samples of --bootstrap and of the parts of cross-validation, 0 to "
                 "2^63-1; default 0. The same seed gives the same numbers."},
    {"keep-going", "Score what can be scored; exit 3 if there were problems."},
    {"method", "The method to tune; segment --list names the methods."},
    {"config", "Method, parameters and chains to begin with, from a JSON file."},
    {"render", "What of the method's results is scored: mask, labels or score; default: what the "
               "metric is about."},
    {"list", "List the metrics; with --json as data."},
    {"help", "This help, or that of a metric, parameter or option."},
    {"overwrite", "Replace existing files."},
    {NULL, NULL}};

static const char *const usage[] = {
    "METRIC [--PARAM VALUE]... [options] PRED TRUTH",
    "METRIC --compare [options] A B TRUTH",
    "tune --method NAME --vary LIST --truth TRUTH [options] PICTURES",
    "--list [--json]",
    "--help [NAME]",
    "--version",
    NULL};

static const char *const groups[GROUP_COUNT] = {
    [GROUP_METHOD] = "Tuning", [GROUP_METRIC] = "Scoring", [GROUP_INPUT] = "Input",
    [GROUP_OUTPUT] = "Output", [GROUP_RUN] = "Running",    [GROUP_INFORMATION] = "Information",
};

static const help_list lists[] = {{"PRED and TRUTH are", inputs, NULL},
                                  {"Conventions", conventions, NULL},
                                  {"Exit status", help_exits, NULL},
                                  {"Environment", help_variables, NULL},
                                  {NULL, NULL, NULL}};

/* ---- metrics as topics ---- */

static int32_t count_metrics(void) {
    int32_t count;
    seg_metrics(&count);
    return count;
}

static char *measure_text(const seg_measure *measure) {
    const char *better = measure->better > 0 ? "larger is better"
                         : measure->better   ? "smaller is better"
                                             : NULL;
    text_buffer body = {0};
    text_add(&body, "%s", measure->title);
    if (measure->unit[0] || better) text_add(&body, " (");
    if (measure->unit[0]) text_add(&body, "%s%s", measure->unit, better ? "; " : "");
    if (better) text_add(&body, "%s", better);
    if (better && !isnan(measure->perfect)) text_add(&body, ", perfect %g", measure->perfect);
    if (measure->unit[0] || better) text_add(&body, ")");
    return body.data;
}

static help_list list_measures(const seg_metric *metric) {
    help_pair *pairs = memory_get((size_t)metric->measure_count + 1, sizeof *pairs);
    for (int32_t i = 0; i < metric->measure_count; i++)
        pairs[i] =
            (help_pair){text_copy(metric->measures[i].name), measure_text(&metric->measures[i])};
    return (help_list){"Measures", pairs, NULL};
}

static help_list list_tables(const seg_metric *metric) {
    if (!metric->table_count) return (help_list){0};
    help_pair *pairs = memory_get((size_t)metric->table_count + 1, sizeof *pairs);
    for (int32_t i = 0; i < metric->table_count; i++) {
        const seg_table_kind *kind = &metric->tables[i];
        text_buffer body = {0};
        text_add(&body, "%s", kind->title);
        for (int32_t c = 0; kind->columns && kind->columns[c]; c++)
            text_add(&body, "%s%s", c ? ", " : ": ", kind->columns[c]);
        pairs[i] = (help_pair){text_copy(kind->name), body.data};
    }
    return (help_list){"Tables (--json, --plot)", pairs, NULL};
}

static void add_facts(text_buffer *target, const seg_metric *metric) {
    const uint32_t needs = metric->needs;
    text_add(target, "Takes ");
    if (needs & SEG_METRIC_INSTANCES)
        text_add(target, "%s",
                 metric->prediction_formats ? "instances, or label pictures in their place"
                                            : "instances");
    else
        text_add(target, "pictures");
    if (needs & SEG_METRIC_SEQUENCE) text_add(target, ", the frames of a sequence in order");
    if (needs & SEG_METRIC_ANNOTATORS) text_add(target, "; several truths for each");
    if (needs & SEG_METRIC_LEVELS) text_add(target, "; several levels of a prediction (--levels)");
    if (needs & SEG_METRIC_DOUBLE)
        text_add(target, "; predictions of twice the size and one more, with what is between the "
                         "pixels (BSDS's ucm2)");
    if (needs & SEG_METRIC_PICTURE)
        text_add(target, "; makes use of the pictures that were segmented (--pictures)");
    text_add(target, ". Quoted first: %s.",
             metric->summary ? metric->summary : metric->measures[0].name);
    if (needs & SEG_METRIC_MEANS)
        text_add(target, " Its protocol quotes means of %s.",
                 needs & SEG_METRIC_SEQUENCE ? "sequences, then of groups of them" : "files");
    text_add(target, " %s", metric->empty);
}

static help_topic metric_topic(int32_t index) {
    const seg_metric *metric = seg_metrics(NULL)[index];
    help_topic topic = {.id = metric->id,
                        .title = metric->title,
                        .reference = metric->reference,
                        .year = metric->year,
                        .params = metric->params,
                        .dashes = true,
                        .more = {list_measures(metric), list_tables(metric)}};
    add_facts(&topic.facts, metric);
    return topic;
}

static int32_t count_commands(void) {
    return 1;
}

/* The options that only tuning has, or that mean something of its own there. */
static help_list list_tuning_options(void) {
    static const option_id ids[] = {OPTION_VARY,   OPTION_TRUTH, OPTION_METRIC, OPTION_MEASURE,
                                    OPTION_SEARCH, OPTION_FOLDS, OPTION_RENDER, OPTION_SETTINGS};
    const size_t count = sizeof ids / sizeof *ids;
    help_pair *pairs = memory_get(count + 1, sizeof *pairs);
    char name[80];
    for (size_t i = 0; i < count; i++) {
        const option_row *row = option_get(ids[i]);
        help_option_name(name, sizeof name, row);
        pairs[i] = (help_pair){text_copy(name), text_copy(help_option_text(&eval_program, row))};
    }
    return (help_list){"Options", pairs, NULL};
}

static help_topic command_topic(int32_t index) {
    help_topic topic = {.id = "tune",
                        .title =
                            "the parameters of a method that score best on pictures with truth",
                        .reference = "",
                        .dashes = true,
                        .more = {list_tuning_options()}};
    (void)index;
    text_add(&topic.facts,
             "Tries the values of --vary on every picture: first all combinations (the grid), then "
             "what lies around the best of them. Scores on the pictures that the parameters were "
             "chosen on flatter; cross-validation therefore scores each part of the pictures with "
             "what is best for the others, and prints both. Other parameters of the method are "
             "given as usual, and --pre, --post and --keep apply. Pictures and results of one "
             "setting are kept in memory. Time spans in seconds count 25 frames each.");
    return topic;
}

static const help_section sections[] = {
    {"Metrics (segment-eval --help NAME shows parameters and measures)", "METRICS", "metric",
     count_metrics, metric_topic},
    {"Commands", "COMMANDS", "command", count_commands, command_topic},
};

const program eval_program = {
    .name = "segment-eval",
    .bit = PROGRAM_EVAL,
    .commands = true,
    .title = "scores of segmentations against the truth",
    .summary = "Scores masks, boundaries, regions, change detection, flow and tracks against "
               "ground truth, file by file and over all, with intervals, paired tests, plots and "
               "pictures of the errors. The same input gives the same numbers on every machine, "
               "with any number of threads.",
    .usage = usage,
    .groups = groups,
    .sections = sections,
    .section_count = 2,
    .lists = lists,
    .examples = examples,
    .phrases = phrases,
    .list = eval_add_list,
    .list_json = eval_add_list_json,
    .libraries = plot_version,
};
