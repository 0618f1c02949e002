/* Chooses the kernels of derivatives of this machine. */
#include "kernels/slopes.h"

SEG_KERNELS_SELECT(slopes)
