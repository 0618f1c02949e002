/* Chooses the flow kernels of this machine. */
#include "kernels/flow.h"

SEG_KERNELS_SELECT(flow)
