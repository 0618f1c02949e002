/* Chooses the thinning kernels of this machine. */
#include "kernels/thinning.h"

SEG_KERNELS_SELECT(thinning)
