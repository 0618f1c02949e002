/* What is done to every input: a method with its options and pictures, chains, and what to draw.
 * Made once before the work starts, then shared by all jobs and never changed. */
#ifndef TOOLS_RECIPE_H
#define TOOLS_RECIPE_H

#include "common/settings.h"
#include <jansson.h>
#include <segment/media.h>
#include <segment/pipeline.h>

typedef struct recipe {
    const settings *settings;
    const seg_method *method;
    void *options;        /* of the method */
    uint32_t outputs;     /* seg_output bits that it gives with them */
    seg_image **pictures; /* that the options borrow */
    int32_t picture_count;
    const char *input; /* for which pictures were read; NULL = those of no input in particular */
    int32_t index;
    bool templated; /* some picture's name holds {stem} or the like: each input has its own */
    seg_image ignore, known_foreground, markers; /* empty = none */
    bool tracks;                                 /* objects are followed, as `track` says */
    seg_track_options track;
    seg_pipeline_config config;
    seg_render_kind render; /* what OUTPUT shows; for SVG the labels whose outlines are drawn */
    bool svg;
    bool curves;         /* CSV or SVG of the method's curves, in place of both */
    seg_content content; /* how to encode it */
    void *model;         /* of --load-model, or NULL */
    size_t model_size;
    json_t *parameters; /* of the method, for reports and journals */
} recipe;

/** Reads pictures, checks parameters, chains and what is to be drawn. {stem} and the like in names
 *  of pictures stand for parts of `input`, the input of that index; NULL: such pictures are left
 *  out. Returns EXIT_DONE, or what the program should exit with after the message that was given.
 */
int recipe_make(recipe *target, const seg_method *method, const settings *from, const char *input,
                int32_t index);

void recipe_free(recipe *target);

/** True if the method works on frames in order, with memory. */
bool recipe_is_temporal(const seg_method *method);

/** Method, parameters and everything else that decides about the pixels written, as JSON. The
 *  caller owns it. */
json_t *recipe_describe(const recipe *from);

#endif
