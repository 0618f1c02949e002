/* The fixed colours of labels. */
#include "render/palette.h"

#include <segment/render.h>

/* Hue 0 .. 1535 round the colour wheel at full saturation: channel values 0 .. 255. */
static void wheel(uint32_t rgb[3], uint32_t hue) {
    const uint32_t rise = hue & 255, fall = 255 - rise;
    const uint32_t sectors[6][3] = {{255, rise, 0}, {fall, 255, 0}, {0, 255, rise},
                                    {0, fall, 255}, {rise, 0, 255}, {255, 0, fall}};
    for (int i = 0; i < 3; i++)
        rgb[i] = sectors[hue >> 8][i];
}

uint32_t seg_label_colour(int32_t label) {
    if (label <= 0) return 0;
    /* Steps of the golden ratio of a turn keep any run of labels far apart in hue; lightness and
     * saturation change with periods of 3 and 4, so that hues that come near again differ. */
    static const uint32_t lightness[3] = {255, 224, 184};
    static const uint32_t whiteness[4] = {16, 96, 0, 64};
    const uint32_t turn = (uint32_t)(label - 1) * 2654435769u + 0x58000000u;
    const uint32_t hue = (uint32_t)(((uint64_t)turn * 1536) >> 32);
    const uint32_t value = lightness[(uint32_t)(label - 1) % 3];
    const uint32_t white = whiteness[(uint32_t)(label - 1) % 4];
    uint32_t rgb[3], colour = 0;
    wheel(rgb, hue);
    for (int i = 0; i < 3; i++) {
        const uint32_t mixed = white + rgb[i] * (255 - white) / 255;
        colour = colour << 8 | mixed * value / 255;
    }
    return colour;
}

void seg_label_rgb(uint8_t rgb[3], int32_t label) {
    const uint32_t colour = seg_label_colour(label);
    rgb[0] = (uint8_t)(colour >> 16);
    rgb[1] = (uint8_t)(colour >> 8);
    rgb[2] = (uint8_t)colour;
}
