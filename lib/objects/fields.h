/* What the library itself asks about the fields of objects. */
#ifndef SEG_OBJECTS_FIELDS_H
#define SEG_OBJECTS_FIELDS_H

#include <segment/objects.h>

/** What a field is measured of, apart from the region itself. */
typedef enum seg_field_source {
    SEG_FIELD_OF_REGION, /* or of grey, which every picture has */
    SEG_FIELD_OF_COLOUR,
    SEG_FIELD_OF_FLOW,
    SEG_FIELD_OF_TRACK
} seg_field_source;

seg_field_source seg_object_field_source(int32_t field);

/** The expression's first field of that source, or NULL. */
const char *seg_keep_field_of(const seg_keep *keep, seg_field_source source);

/** True if the field is one of colours (`in_colour`), or of any picture. */
bool seg_object_field_needs_picture(int32_t field, bool in_colour);

#endif
