/* Names that stand for several files. */
#ifndef SEG_MEDIA_NAMES_H
#define SEG_MEDIA_NAMES_H

#include <segment/media.h>

/** True if the name has a glob's special characters. */
bool seg_is_glob(const char *name);

/** True if the name has exactly one "%d" or "%05d" and no other conversion; "%%" is a '%'. */
bool seg_is_printf_pattern(const char *name);

#endif
