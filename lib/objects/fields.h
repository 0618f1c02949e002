/* What the library itself asks about the fields of objects. */
#ifndef SEG_OBJECTS_FIELDS_H
#define SEG_OBJECTS_FIELDS_H

#include <segment/objects.h>

/** True if the field is one of colours (`in_colour`), or of any picture. */
bool seg_object_field_needs_picture(int32_t field, bool in_colour);

#endif
