/* Chooses the kernels of grey morphology of this machine. */
#include "kernels/morphology.h"

SEG_KERNELS_SELECT(morphology)
