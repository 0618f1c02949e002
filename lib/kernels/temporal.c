/* Choice of the temporal kernels' level. */
#include "kernels/temporal.h"

SEG_KERNELS_SELECT(temporal)
