/* Chooses the mean-shift kernels of this machine. */
#include "kernels/shift.h"

SEG_KERNELS_SELECT(shift)
