/* Chooses the region-growing kernels of this machine. */
#include "kernels/grow.h"

SEG_KERNELS_SELECT(grow)
