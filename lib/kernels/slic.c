/* Chooses the clustering kernels of this machine. */
#include "kernels/slic.h"

SEG_KERNELS_SELECT(slic)
