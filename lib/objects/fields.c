/* The fields of objects: one table for expressions, tables of values and help. */
#include "objects/fields.h"

#include <math.h>
#include <stddef.h>

typedef enum field_kind {
    DOUBLE,
    INT32,
    INT64,
    EXTENT,
    ASPECT,
    BORDER,
    TRACK_AGE,
    TRACKED,
    MOTION,
    SPEED,
    DIRECTION,
    ORDER,
    GREY,
    COLOUR
} field_kind;

typedef struct field {
    const char *name, *help;
    field_kind kind;
    size_t offset;
} field;

#define AT(member) offsetof(seg_object, member)
#define STATISTICS(suffix, of, kind, member)                                                       \
    {"min" suffix, "Smallest " of ", 8-bit unit.", kind, AT(member.min)},                          \
        {"mean" suffix, "Mean " of ", 8-bit unit.", kind, AT(member.mean)},                        \
        {"max" suffix, "Largest " of ", 8-bit unit.", kind, AT(member.max)}, {                     \
        "std" suffix, "Standard deviation of " of ", 8-bit unit.", kind, AT(member.deviation)      \
    }

/* clang-format off */
static const field fields[] = {
    {"id", "Value in the label picture.", INT32, AT(id)},
    {"area", "Pixels.", INT64, AT(area)},
    {"x", "Left edge of the box, pixels.", INT32, AT(box.x)},
    {"y", "Upper edge of the box, pixels.", INT32, AT(box.y)},
    {"width", "Width of the box, pixels.", INT32, AT(box.width)},
    {"height", "Height of the box, pixels.", INT32, AT(box.height)},
    {"cx", "Centroid; the first pixel has 0.", DOUBLE, AT(centroid_x)},
    {"cy", "Centroid; the first pixel has 0.", DOUBLE, AT(centroid_y)},
    {"perimeter", "Crofton's estimate over 4 directions, pixels.", DOUBLE, AT(perimeter)},
    {"circularity", "4 pi area / perimeter^2, at most 1.", DOUBLE, AT(circularity)},
    {"extent", "Area / area of the box.", EXTENT, 0},
    {"aspect", "Width / height of the box.", ASPECT, 0},
    {"border", "1 if it touches the picture's border, else 0.", BORDER, 0},
    {"variance_x", "Second central moment along x / area, pixels^2.", DOUBLE, AT(variance_x)},
    {"covariance", "Mixed second central moment / area, pixels^2.", DOUBLE, AT(covariance)},
    {"variance_y", "Second central moment along y / area, pixels^2.", DOUBLE, AT(variance_y)},
    {"major", "Major axis of the ellipse with these moments, pixels.", DOUBLE, AT(major)},
    {"minor", "Its minor axis, pixels.", DOUBLE, AT(minor)},
    {"orientation", "Major axis from the x axis, counter-clockwise, -90 to 90 degrees.", DOUBLE,
     AT(orientation)},
    {"eccentricity", "Of that ellipse: 0 a circle, 1 a line.", DOUBLE, AT(eccentricity)},
    {"convex_area", "Pixels in the convex hull.", INT64, AT(convex_area)},
    {"solidity", "Area / convex_area.", DOUBLE, AT(solidity)},
    {"euler", "8-connected parts - holes.", INT32, AT(euler)},
    {"age", "Frames since a tracked object was first seen, from 1.", TRACK_AGE, AT(age)},
    {"vx", "Velocity of a tracked object, pixels per second or frame.", TRACKED, AT(velocity_x)},
    {"vy", "Velocity of a tracked object, pixels per second or frame.", TRACKED, AT(velocity_y)},
    {"mx", "Motion of the centroid by the flow, pixels per frame.", MOTION, AT(motion_x)},
    {"my", "Motion of the centroid by the flow, pixels per frame.", MOTION, AT(motion_y)},
    {"rx", "Its motion against the dominant one, pixels per frame.", MOTION, AT(relative_x)},
    {"ry", "Its motion against the dominant one, pixels per frame.", MOTION, AT(relative_y)},
    {"speed", "Of the centroid against the dominant motion, pixels per frame.", SPEED, 0},
    {"direction", "Of that, from the x axis, counter-clockwise, -180 to 180 degrees.", DIRECTION, 0},
    {"in_front_of", "Layers that it hides, the dominant motion's counts as one.", ORDER,
     AT(in_front_of)},
    {"behind", "Layers that hide it.", ORDER, AT(behind)},
    STATISTICS("", "grey", GREY, grey),
    STATISTICS("_red", "red", COLOUR, red),
    STATISTICS("_green", "green", COLOUR, green),
    STATISTICS("_blue", "blue", COLOUR, blue),
};
/* clang-format on */

#define FIELD_COUNT ((int32_t)(sizeof fields / sizeof *fields))

const char *seg_object_field_name(int32_t index) {
    return index >= 0 && index < FIELD_COUNT ? fields[index].name : NULL;
}

const char *seg_object_field_help(int32_t index) {
    return index >= 0 && index < FIELD_COUNT ? fields[index].help : NULL;
}

bool seg_object_field_needs_picture(int32_t index, bool in_colour) {
    return fields[index].kind == COLOUR || (fields[index].kind == GREY && !in_colour);
}

seg_field_source seg_object_field_source(int32_t index) {
    const field_kind kind = fields[index].kind;
    if (kind == COLOUR) return SEG_FIELD_OF_COLOUR;
    if (kind == TRACK_AGE || kind == TRACKED) return SEG_FIELD_OF_TRACK;
    const bool moves = kind == MOTION || kind == SPEED || kind == DIRECTION || kind == ORDER;
    return moves ? SEG_FIELD_OF_FLOW : SEG_FIELD_OF_REGION;
}

static bool at_border(const seg_rect *box, int32_t width, int32_t height) {
    return box->x == 0 || box->y == 0 || box->x + box->width == width ||
           box->y + box->height == height;
}

static double motion_field(const seg_object *object, field_kind kind) {
    double direction;
    if (object->motion_numbers == 0) return (double)NAN;
    const double speed = seg_motion_speed(object->relative_x, object->relative_y, &direction);
    return kind == SPEED ? speed : direction;
}

double seg_object_field_value(const seg_object *object, int32_t index, int32_t width,
                              int32_t height) {
    const field *f = &fields[index];
    const void *place = (const char *)object + f->offset;
    switch (f->kind) {
    case INT32:
        return *(const int32_t *)place;
    case INT64:
        return (double)*(const int64_t *)place;
    case EXTENT:
        return (double)object->area / ((double)object->box.width * object->box.height);
    case ASPECT:
        return (double)object->box.width / object->box.height;
    case BORDER:
        return at_border(&object->box, width, height);
    case TRACK_AGE:
        return object->age ? object->age : (double)NAN;
    case TRACKED:
        return object->age ? *(const double *)place : (double)NAN;
    case MOTION:
        return object->motion_numbers ? *(const double *)place : (double)NAN;
    case SPEED:
    case DIRECTION:
        return motion_field(object, f->kind);
    case ORDER:
        return object->motion_numbers ? *(const int32_t *)place : (double)NAN;
    case GREY:
        return object->intensities >= 1 ? *(const double *)place : (double)NAN;
    case COLOUR:
        return object->intensities >= 4 ? *(const double *)place : (double)NAN;
    default:
        return *(const double *)place;
    }
}
