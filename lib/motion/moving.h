/*
 * Which pixels move against the dominant motion: evidence of one frame's flow, carried on from
 * frame to frame along the flow, with colours and neighbours. Works on a small grid.
 */
#ifndef SEG_MOTION_MOVING_H
#define SEG_MOTION_MOVING_H

#include "core/memory.h"
#include "motion/dominant.h"

#define SEG_MOVING_COLOURS 4096 /* 16 levels of each of three channels */
#define SEG_MOVING_STEP 4       /* between the samples of the dominant motion */
#define SEG_MOVING_WITNESSES 2  /* neighbours in time that tell of a frame */

/** A frame on the small grid. Rows are `width` long without gaps. */
typedef struct seg_moving_frame {
    uint16_t *colour;     /* 0 .. SEG_MOVING_COLOURS - 1 */
    float *right, *below; /* how much a pixel and its neighbour belong together, 0 .. 1 */
    uint8_t *left_out;    /* non-zero = takes no part */
} seg_moving_frame;

/** Memory to find a dominant motion in. */
typedef struct seg_moving_fit {
    double *memory; /* seg_dominant_room */
    seg_motion_sample *samples;
} seg_moving_fit;

/** What is known from the frames so far. Zero-initialise. */
typedef struct seg_moving {
    int32_t width, height;
    bool carried;  /* `belief` is that of the frame before */
    float *belief; /* log-odds of moving, of the last frame */
    float *carry;  /* brought to the frame at hand */
    float *mean;   /* -1 still .. 1 moving */
    float *evidence;
    float *moving_colours, *still_colours; /* weights */
    float *colour_odds;
    seg_moving_fit fits[SEG_MOVING_WITNESSES];
    void *memory;
} seg_moving;

/** Flow of the frame at hand to a neighbour in time, on its grid, and of that one to it. */
typedef struct seg_moving_way {
    const float *u, *v;               /* NULL = there is no such neighbour */
    const float *return_u, *return_v; /* on the neighbour's grid */
} seg_moving_way;

/** What the flow of one frame says. Fields have `stride` floats between rows. */
typedef struct seg_moving_flow {
    seg_moving_way to;           /* the neighbour that gives evidence */
    seg_moving_way back;         /* the frame before */
    const float *first, *second; /* grey of the frame at hand and of the neighbour, 8-bit levels */
    ptrdiff_t stride;
} seg_moving_flow;

SEG_NODISCARD seg_status seg_moving_bind(seg_moving *moving, int32_t width, int32_t height,
                                         const seg_env *env);
/** Forgets the frames. */
void seg_moving_reset(seg_moving *moving);
void seg_moving_free(seg_moving *moving, const seg_env *env);

/** Colours and contrasts of a frame from its CIELAB samples (planes.h): `lab` holds 1 or 3 rows'
 *  planes. */
SEG_NODISCARD seg_status seg_moving_take_frame(const seg_moving_frame *frame,
                                               const int16_t *const lab[3], int32_t planes,
                                               size_t stride, int32_t width, int32_t height,
                                               seg_scratch *scratch, const seg_env *env);

typedef struct seg_moving_rules {
    int32_t model;     /* seg_motion_model, or -1 to choose one */
    double threshold;  /* deviations from the dominant motion beyond which a pixel rather moves */
    double smoothness; /* of the bonds between neighbours */
} seg_moving_rules;

/** Belief of the frame at hand. `found`, in small pixels, is of `flow`; of `also` (NULL = none), a
 * flow to the other neighbour, only the evidence counts. `flow` NULL: nothing new is known, the
 * belief stays where it was. On error nothing is known any more. */
SEG_NODISCARD seg_status seg_moving_step(seg_moving *moving, seg_dominant *found,
                                         const seg_moving_frame *frame, const seg_moving_flow *flow,
                                         const seg_moving_flow *also, const seg_moving_rules *rules,
                                         seg_scratch *scratch, const seg_env *env);

/** The belief of the frame before learns what the flow from that frame to the next one says:
 * `frame` and `flow` are its own, `flow->to` leads to the frame at hand. Errors: SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_moving_hindsight(seg_moving *moving, const seg_moving_frame *frame,
                                              const seg_moving_flow *flow,
                                              const seg_moving_rules *rules, seg_scratch *scratch,
                                              const seg_env *env);

#endif
