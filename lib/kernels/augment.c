/* Chooses the kernels of augmentations of this machine. */
#include "kernels/augment.h"

SEG_KERNELS_SELECT(augment)
