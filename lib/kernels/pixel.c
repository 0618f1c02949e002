/* Chooses the level of the point kernels. */
#include "kernels/pixel.h"

SEG_KERNELS_SELECT(pixel)
