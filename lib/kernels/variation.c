/* Chooses the kernels of total variation of this machine. */
#include "kernels/variation.h"

SEG_KERNELS_SELECT(variation)
