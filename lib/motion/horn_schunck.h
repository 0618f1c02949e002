/* The two ways to minimise Horn and Schunck's energy. */
#ifndef SEG_MOTION_HORN_SCHUNCK_H
#define SEG_MOTION_HORN_SCHUNCK_H

#include "motion/flow_method.h"

/** The method itself; job->options are seg_horn_schunck_options. */
SEG_NODISCARD seg_status seg_horn_schunck_flow(const seg_flow_job *job);

/** As published: horn_schunck_1981.c. */
SEG_NODISCARD seg_status seg_horn_schunck_1981(const seg_flow_job *job);

#endif
