/* The options of the programs: one row each, from which parsing, --help, the manual page and the
 * completion are made. Parameters of methods and metrics come from their tables in the registry. */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum option_id {
    OPTION_METHOD,
    OPTION_CONFIG,
    OPTION_PIPELINE,
    OPTION_COPIES,
    OPTION_ORIGINALS,
    OPTION_BALANCE,
    OPTION_REPLAY,
    OPTION_MARKERS,
    OPTION_IGNORE,
    OPTION_KNOWN_FOREGROUND,
    OPTION_ROI,
    OPTION_RNG_SEED,
    OPTION_LOAD_MODEL,
    OPTION_SAVE_MODEL,
    OPTION_TRAIN,
    OPTION_STABILIZE,
    OPTION_VIEW,
    OPTION_PRE,
    OPTION_POST,
    OPTION_KEEP,
    OPTION_TRACK,
    OPTION_OBJECTS_CONNECTIVITY,
    OPTION_VARY,
    OPTION_TRUTH,
    OPTION_METRIC,
    OPTION_SEARCH,
    OPTION_FOLDS,
    OPTION_SETTINGS,
    OPTION_TRY_ALL,
    OPTION_MEASURE,
    OPTION_NOT_SCORED,
    OPTION_PICTURES,
    OPTION_COMPARE,
    OPTION_LEVELS,
    OPTION_MOT,
    OPTION_SIZE,
    OPTION_BOOTSTRAP,
    OPTION_CONFIDENCE,
    OPTION_LABELS,
    OPTION_LABEL_FORMAT,
    OPTION_LABEL_OPTIONS,
    OPTION_CLIPS,
    OPTION_SALIENCY,
    OPTION_OUTPUT_LABELS,
    OPTION_OUTPUT_LABEL_FORMAT,
    OPTION_BOXES_FROM,
    OPTION_MIN_VISIBILITY,
    OPTION_MIN_AREA,
    OPTION_IGNORED_CLASS,
    OPTION_SEQUENCE,
    OPTION_FPS,
    OPTION_START,
    OPTION_DURATION,
    OPTION_LIMIT,
    OPTION_STEP,
    OPTION_RESIZE,
    OPTION_ON_RESIZE,
    OPTION_AUTOROTATE,
    OPTION_CHANNELS,
    OPTION_INPUT_FORMAT,
    OPTION_RAW_SIZE,
    OPTION_RAW_FORMAT,
    OPTION_MAX_PIXELS,
    OPTION_RENDER,
    OPTION_FLOW_RENDER,
    OPTION_MAX_FLOW,
    OPTION_LEGEND,
    OPTION_UNIT,
    OPTION_CHECK,
    OPTION_STATISTICS,
    OPTION_POINTS,
    OPTION_OBJECTS,
    OPTION_OBJECTS_SHAPE,
    OPTION_SIMPLIFY,
    OPTION_EVENTS,
    OPTION_REPORT,
    OPTION_MANIFEST,
    OPTION_PREVIEW,
    OPTION_ONLINE,
    OPTION_EPOCHS,
    OPTION_BATCH,
    OPTION_SHUFFLE,
    OPTION_FORMAT,
    OPTION_CODEC,
    OPTION_BITRATE,
    OPTION_MAX_OUTPUT,
    OPTION_QUALITY,
    OPTION_COMPRESSION,
    OPTION_AUDIO,
    OPTION_PER_FILE,
    OPTION_PER_FRAME,
    OPTION_TABLE,
    OPTION_SCORES_JSON,
    OPTION_CSV,
    OPTION_WORST,
    OPTION_SHEET,
    OPTION_PLOT,
    OPTION_HTML,
    OPTION_OVERWRITE,
    OPTION_THREADS,
    OPTION_JOBS,
    OPTION_CACHE,
    OPTION_SHARD,
    OPTION_RESUME,
    OPTION_KEEP_GOING,
    OPTION_DRY_RUN,
    OPTION_PROGRESS,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_LIST,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_MAN,
    OPTION_COMPLETION,
    OPTION_COUNT
} option_id;

typedef enum option_kind {
    OPTION_FLAG,     /* --x */
    OPTION_SWITCH,   /* --x and --no-x */
    OPTION_VALUE,    /* --x V and --x=V */
    OPTION_OPTIONAL, /* --x and --x=V */
    OPTION_NUMBER    /* --x, --x=N and --x N: a next word of digits belongs to it */
} option_kind;

typedef enum option_group {
    GROUP_METHOD,
    GROUP_METRIC,
    GROUP_INPUT,
    GROUP_OUTPUT,
    GROUP_RUN,
    GROUP_INFORMATION,
    GROUP_HIDDEN,
    GROUP_COUNT
} option_group;

typedef struct option_row {
    const char *name; /* without dashes */
    char letter;      /* of -x, or 0 */
    option_kind kind;
    option_group group;
    const char *argument;  /* what the value is called; NULL for flags */
    const char *choices;   /* "one|two", NULL if anything goes */
    const char *completes; /* its values: "file", "method", "family", "filter", "operation",
                              "metric", "measure", some words "one|two"; NULL for none */
    const char *help;      /* one or more sentences */
    uint32_t programs;     /* bits of those that have it (program.h) */
} option_row;

const option_row *option_get(option_id id);

/** The option of that name (without dashes) of a program (its bit), or OPTION_COUNT. */
option_id option_find(const char *name, uint32_t bit);
option_id option_find_letter(char letter, uint32_t bit);

#endif
