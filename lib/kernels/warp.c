/* Chooses the kernels of warps of this machine. */
#include "kernels/warp.h"

SEG_KERNELS_SELECT(warp)
