/* The clock of a stream is in core: tracks and stabilisers measure durations, too. */
#ifndef SEG_TEMPORAL_CLOCK_H
#define SEG_TEMPORAL_CLOCK_H

#include "core/clock.h"

#endif
