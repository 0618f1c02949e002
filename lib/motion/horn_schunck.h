/* The two ways to minimise Horn and Schunck's energy. */
#ifndef SEG_MOTION_HORN_SCHUNCK_H
#define SEG_MOTION_HORN_SCHUNCK_H

#include "motion/flow_method.h"

/** As published: horn_schunck_1981.c. */
SEG_NODISCARD seg_status seg_horn_schunck_1981(const seg_flow_job *job);

#endif
