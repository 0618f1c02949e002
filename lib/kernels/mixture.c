/* Choice of the mixture kernels' level. */
#include "kernels/mixture.h"

SEG_KERNELS_SELECT(mixture)
