/* From names on the command line to jobs: what is read, how, and where its results go. Everything
 * that can be known before the work starts is checked here. */
#ifndef TOOLS_PLAN_H
#define TOOLS_PLAN_H

#include "common/names.h"
#include "common/recipe.h"

typedef enum output_kind {
    OUTPUT_NONE,    /* results go to --report, --objects, --events or --save-model only */
    OUTPUT_NULL,    /* null: */
    OUTPUT_CURVES,  /* CSV or SVG of curves, written as they come */
    OUTPUT_PICTURE, /* one picture file */
    OUTPUT_SVG,     /* outlines of one picture */
    OUTPUT_LAST,    /* one picture file, of the last frame: the background of a video */
    OUTPUT_FRAMES,  /* a directory: a picture per frame, named as the frame's own file */
    OUTPUT_WRITER   /* video, numbered pictures, a pipe */
} output_kind;

/** One input with its output. */
typedef struct job {
    int32_t index; /* its place in the plan */
    char *input;
    seg_source_kind kind;
    bool sequence;        /* frames of a directory, pattern or glob */
    const recipe *recipe; /* NULL: the default for what a pipe turns out to hold */
    output_kind output_kind;
    char *output;             /* file, directory or pattern; NULL without */
    char *lines[LINES_COUNT]; /* files of its own for --objects, --events; NULL: shared or none */
    seg_names names;          /* OUTPUT_FRAMES: the input's files */
    char *problem;            /* why it cannot be done, found while planning; else NULL */
} job;

typedef struct plan {
    const settings *settings;
    job *jobs;
    int32_t job_count;
    bool several;       /* there are several inputs, here or in other shards */
    recipe *recipes[2]; /* the method's; or the defaults for pictures and video */
    bool to_directory;  /* OUTPUT is a directory that is to be made */
} plan;

/** Makes the plan. Returns EXIT_DONE, or what to exit with after the message that was given. */
int plan_make(plan *target, const settings *from);

/** The recipe for a picture or for video, made when it is first asked for: at work, one of those
 *  that plan_make made. NULL: a message was given, and *code is what to exit with. */
const recipe *plan_recipe(plan *from, bool still, int *code);

/** Prints it, with an estimate of the memory (--dry-run). Returns an exit code. */
int plan_print(const plan *from);

/** Whether the directory of its output is made where it is missing: of one among many, or of
 *  numbered pictures; one file goes to a directory that is there. */
bool plan_makes_parent(const plan *from, const job *item);

void plan_free(plan *target);

#endif
