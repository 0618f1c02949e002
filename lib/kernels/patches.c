/* Chooses the patch kernels of this machine. */
#include "kernels/patches.h"

SEG_KERNELS_SELECT(patches)
