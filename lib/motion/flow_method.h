/*
 * The state behind a flow method: what imgproc/still_method.h is for still ones. It keeps the frame
 * before and its flow, brings frames into fields, and checks the flow against that of the other
 * direction. A method writes one function, from two fields to a flow:
 *
 *     static seg_status estimate(const seg_flow_job *job) {
 *         const seg_my_options *options = job->options;
 *         ... job->first, job->second -> job->u, job->v ...
 *     }
 *     static const seg_flow_kind kind = {&params, offsetof(seg_my_options, flow), estimate, NULL};
 *     static seg_status create(void **state, const void *options, const seg_env *env) {
 *         return seg_flow_create(state, &kind, options, env);
 *     }
 *
 * puts SEG_FLOW_ROWS(seg_my_options) into its parameter table, and fills its row with
 * SEG_FLOW_METHOD.
 */
#ifndef SEG_MOTION_FLOW_METHOD_H
#define SEG_MOTION_FLOW_METHOD_H

#include "core/check.h"
#include "imgproc/field.h"
#include <segment/motion.h>

/** A frame as fields: grey in 8-bit units, and CIELAB if the method guides itself by colours. The
 *  room around the pixels repeats the border. */
typedef struct seg_flow_frame {
    seg_field grey;
    seg_field lab[3]; /* L* 0 .. 100, a*, b* */
} seg_flow_frame;

/** Flow from `first` to `second`: u and v hold a start if `started`, else anything, and get the
 *  result. Memory comes from `scratch`. */
typedef struct seg_flow_job {
    const seg_flow_frame *first, *second;
    const seg_field *u, *v;
    bool started;
    int32_t *levels; /* gets how many sizes of the pictures were looked at; NULL = not asked for */
    const void *options;
    seg_scratch *scratch;
    const seg_env *env;
} seg_flow_job;

typedef struct seg_flow_kind {
    const seg_param_table *params;
    size_t flow; /* offset of the seg_flow_options */
    seg_status (*estimate)(const seg_flow_job *job);
    bool (*guided)(const void *options); /* wants CIELAB with these options; NULL = never */
} seg_flow_kind;

/** For estimates. */
static inline void seg_flow_tell_levels(const seg_flow_job *job, int32_t levels) {
    if (job->levels) *job->levels = levels;
}

extern const char *const seg_flow_quality_names[], *const seg_flow_direction_names[];

/* The rows that all flow methods have; `type` is the options struct, its flow member is `flow`. */
#define SEG_FLOW_ROWS(type, qualities)                                                             \
    {"quality",                                                                                    \
     SEG_PARAM_ENUM,                                                                               \
     offsetof(type, flow.quality),                                                                 \
     "default",                                                                                    \
     0,                                                                                            \
     3,                                                                                            \
     seg_flow_quality_names,                                                                       \
     "",                                                                                           \
     qualities,                                                                                    \
     ""},                                                                                          \
        {"direction",                                                                              \
         SEG_PARAM_ENUM,                                                                           \
         offsetof(type, flow.direction),                                                           \
         "forward",                                                                                \
         0,                                                                                        \
         1,                                                                                        \
         seg_flow_direction_names,                                                                 \
         "",                                                                                       \
         "forward = from the frame before to the frame at hand; backward = from the frame at "     \
         "hand to the one before.",                                                                \
         ""},                                                                                      \
        {"consistency",                                                                            \
         SEG_PARAM_BOOL,                                                                           \
         offsetof(type, flow.consistency),                                                         \
         "false",                                                                                  \
         0,                                                                                        \
         1,                                                                                        \
         NULL,                                                                                     \
         "",                                                                                       \
         "Find the flow both ways: the mask shows where they disagree (occlusions), the score "    \
         "how far they agree.",                                                                    \
         ""},                                                                                      \
    {                                                                                              \
        "warm-start", SEG_PARAM_BOOL, offsetof(type, flow.warm_start), "false", 0, 1, NULL, "",    \
            "Start from the flow of the frame before.", ""                                         \
    }

/* What the rows of all flow methods have alike. */
#define SEG_FLOW_METHOD                                                                            \
    .family = "motion", .formats = SEG_ANY_PICTURE, .channels = SEG_CHANNELS_ANY,                  \
    .input = SEG_INPUT_PAIR, .outputs = SEG_OUTPUT_FLOW | SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,      \
    .apply = seg_flow_apply, .reset = seg_flow_reset, .free = seg_flow_free

SEG_NODISCARD seg_status seg_flow_create(void **state, const seg_flow_kind *kind,
                                         const void *options, const seg_env *env);
SEG_NODISCARD seg_status seg_flow_apply(void *state, const seg_frame *frame, uint32_t wanted,
                                        seg_result *result);
void seg_flow_reset(void *state);
void seg_flow_free(void *state);

/** The outputs with these seg_flow_options. */
uint32_t seg_flow_outputs(const seg_flow_options *flow);

#endif
