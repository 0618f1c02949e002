/* One small bitmap font, and the letters of a text. */
#ifndef SEG_RENDER_FONT_H
#define SEG_RENDER_FONT_H

#include <segment/render.h>

/** SEG_FONT_HEIGHT rows of a letter, the leftmost pixel in the highest bit; a box for letters that
 *  the font does not have. */
const uint8_t *seg_font_glyph(uint32_t letter);

/** The next letter of a UTF-8 text, which is moved behind it; UINT32_MAX for a byte that is none.
 *  Not to be called at the end. */
uint32_t seg_font_next(const char **text);

#endif
