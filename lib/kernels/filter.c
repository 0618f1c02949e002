/* Chooses the level of the filter kernels. */
#include "kernels/filter.h"

SEG_KERNELS_SELECT(filter)
