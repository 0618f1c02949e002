/* Chooses the edge kernels of this machine. */
#include "kernels/edges.h"

SEG_KERNELS_SELECT(edges)
