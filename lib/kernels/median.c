/* Chooses the level of the median kernels. */
#include "kernels/median.h"

SEG_KERNELS_SELECT(median)
