/* Chooses the kernels of windows of this machine. */
#include "kernels/windows.h"

SEG_KERNELS_SELECT(windows)
