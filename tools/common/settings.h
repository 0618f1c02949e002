/* The program's options as values, checked. */
#ifndef TOOLS_SETTINGS_H
#define TOOLS_SETTINGS_H

#include "common/arguments.h"
#include <segment/media.h>
#include <segment/render.h>

typedef enum progress_mode {
    PROGRESS_AUTO,
    PROGRESS_PLAIN,
    PROGRESS_JSON,
    PROGRESS_NONE
} progress_mode;

typedef enum objects_shape {
    SHAPE_NONE,
    SHAPE_POLYGON,
    SHAPE_RLE,
    SHAPE_TABLE,    /* no shape, and CSV in place of JSON */
    SHAPE_TABLE_RLE /* CSV with a column of run lengths as COCO's text */
} objects_shape;

/** Files of JSON lines that inputs write together, or each its own. */
typedef enum line_file { LINES_OBJECTS, LINES_EVENTS, LINES_COUNT } line_file;

typedef struct settings {
    const arguments *arguments;
    /* names of files; NULL = not given */
    const char *markers, *ignore, *known_foreground, *load_model, *save_model, *train, *report;
    const char *lines[LINES_COUNT]; /* --objects, --events */
    const char *pre, *post, *keep;
    seg_rect roi; /* width 0: none */
    int64_t rng_seed;
    int32_t stabilize; /* seg_stabilize */
    bool follow;       /* seg_pipeline_config.follow */
    int32_t objects_connectivity;
    bool render_given;
    seg_render_kind render;
    objects_shape shape;
    double simplify;           /* pixels; 0: outlines as they are */
    seg_reader_options reader; /* but luma_only and threads */
    bool reader_needed;        /* some option that only the reader of frames knows is set */
    const char *format, *codec;
    int64_t bitrate, max_output;  /* 0 = not given */
    int32_t quality, compression; /* 0 and -1: the library's defaults */
    bool copy_audio;
    seg_limits limits;
    int32_t threads, jobs; /* at least 1 */
    int32_t shard, shards; /* the part of the inputs that is worked on: 1 .. shards */
    bool overwrite, resume, keep_going, dry_run;
    progress_mode progress;
    const char **inputs;
    int32_t input_count;
    const char *output; /* NULL: none */
} settings;

/** Reads the values. False: a message was given and the usage is wrong. `arguments` must outlive
 *  the result. */
bool settings_read(settings *target, const arguments *arguments);

/** The same without the names, for programs whose names mean something else. */
bool settings_read_options(settings *target, const arguments *arguments);

/** Processors that this process may run on. */
int32_t settings_processors(void);

#endif
