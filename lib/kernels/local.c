/* Chooses the kernels of local thresholds of this machine. */
#include "kernels/local.h"

SEG_KERNELS_SELECT(local)
