/* Chooses the comparing kernels of this machine. */
#include "kernels/agree.h"

SEG_KERNELS_SELECT(agree)
