/* Choice of the feedback kernels' level. */
#include "kernels/feedback.h"

SEG_KERNELS_SELECT(feedback)
