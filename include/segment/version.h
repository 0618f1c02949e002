/* Version of the library: the build reads it from here. */
#ifndef SEGMENT_VERSION_H
#define SEGMENT_VERSION_H

#include <segment/attributes.h>

#define SEG_VERSION_MAJOR 0
#define SEG_VERSION_MINOR 1
#define SEG_VERSION_PATCH 0
#define SEG_VERSION_STRING "0.1.0"

SEG_BEGIN_DECLS

/** Version of the library that is linked, e.g. "0.1.0". Static storage. */
SEG_API const char *seg_version(void);

SEG_END_DECLS

#endif
