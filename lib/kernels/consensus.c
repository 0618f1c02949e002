/* Choice of the consensus kernels' level, and what all levels share. */
#include "kernels/consensus.h"

SEG_KERNELS_SELECT(consensus)

const int8_t seg_texture_places[16][2] = {
    {-2, -2}, {0, -2}, {2, -2}, {-1, -1}, {0, -1}, {1, -1}, {-2, 0}, {-1, 0},
    {1, 0},   {2, 0},  {-1, 1}, {0, 1},   {1, 1},  {-2, 2}, {0, 2},  {2, 2},
};
