/* The fixed colours of labels, as bytes. */
#ifndef SEG_RENDER_PALETTE_H
#define SEG_RENDER_PALETTE_H

#include <stdint.h>

void seg_label_rgb(uint8_t rgb[3], int32_t label);

#endif
