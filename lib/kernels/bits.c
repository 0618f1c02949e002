/* Chooses the bit kernels of this machine. */
#include "kernels/bits.h"

SEG_KERNELS_SELECT(bits)
