/* Choice of the neighbours kernels' level. */
#include "kernels/neighbours.h"

SEG_KERNELS_SELECT(neighbours)
