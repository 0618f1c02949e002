/* Scores as files and metrics take them. */
#ifndef TOOLS_SCORE_H
#define TOOLS_SCORE_H

#include <segment/result.h>

/** Brings a score of floats from its method's full scale to 0 to 1, in place; what is beyond is 1.
 *  Integers have their full scale by their bits, and stay. */
void score_to_one(seg_result *result);

#endif
