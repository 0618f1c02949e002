/* Flow as the minimum of an energy, coarse to fine: the engine behind the variational methods. */
#ifndef SEG_MOTION_VARIATIONAL_H
#define SEG_MOTION_VARIATIONAL_H

#include "kernels/flow.h"
#include "motion/flow_method.h"

typedef enum seg_flow_filter {
    SEG_FLOW_FILTER_NONE,
    SEG_FLOW_FILTER_MEDIAN,  /* 5 x 5, after each warp */
    SEG_FLOW_FILTER_WEIGHTED /* that, and a weighted one near edges of the flow, once a level */
} seg_flow_filter;

typedef struct seg_variational {
    double lambda;    /* weight of smoothness */
    double gamma;     /* weight of the constancy of the gradient */
    double presmooth; /* sigma of the blur of both pictures, pixels; 0 = none */
    seg_flow_robust data, smooth;
    double factor;        /* of the pyramid */
    bool half;            /* the finest level is half the picture */
    int32_t least;        /* pixels of the coarsest level's shorter side */
    int32_t warps;        /* on each level */
    int32_t reweightings; /* on each warp; 1 where nothing is robust */
    int32_t sweeps;       /* of the relaxation, for each reweighting */
    double omega;         /* over-relaxation */
    double even;          /* a quadratic penalty's weight of smoothness, in units of lambda */
    int32_t stages;       /* of graduated non-convexity; 1 where nothing is robust */
    int32_t filter;       /* seg_flow_filter */
    /* of the weighted median; doubt: grey levels of difference after the warp that halve a trust */
    double sigma_place, sigma_colour, edge, doubt;
    int32_t margin;
} seg_variational;

/** The same on one level, from u and v on, which get the result; `factor`, `least`, `half` and
 *  `presmooth` do not count. The pictures' room is filled. */
SEG_NODISCARD seg_status seg_variational_refine(const seg_field *u, const seg_field *v,
                                                const seg_field *first, const seg_field *second,
                                                const seg_variational *how, seg_scratch *scratch,
                                                const seg_env *env);

SEG_NODISCARD seg_status seg_variational_flow(const seg_flow_job *job, const seg_variational *how);

#endif
