/*
 * Pascal VOC's XML: a file for each picture. http://host.robots.ox.ac.uk/pascal/VOC/voc2012/
 *
 *   annotation > size > width, height
 *   annotation > object > name, difficult, bndbox > xmin, ymin, xmax, ymax
 * and, as roLabelImg and others write them,
 *   object > robndbox > cx, cy, w, h, angle (radians)     object > polygon > x1, y1, x2, y2, ...
 *
 * Pixels count from options.origin and boxes include their last one: x = xmin - origin,
 * width = xmax - xmin + 1 with origin 1, xmax - xmin with origin 0. Everything else in a file
 * (pose, parts, source, ...) is passed over. Numbers are read in steps (steps.c).
 */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"
#include "files/whole_file.h"

#include <stdio.h>
#include <string.h>

#ifdef SEG_HAVE_EXPAT

#include <expat.h>

#define TEXT_SIZE 256 /* of a name or number, with its 0 */
#define DEEPEST 32
#define UNKNOWN (2 * SEG_FURTHEST) /* no number of a file */

/** Where the parser is; elements of no meaning are OTHER, and so is all in them. */
typedef enum element {
    NOTHING,
    ANNOTATION,
    SIZE,
    OBJECT,
    BOX,
    ROTATED,
    POLYGON,
    NUMBER, /* into `target` */
    CORNER, /* of a polygon: x and y in turn */
    NAME,
    OTHER
} element;

typedef struct voc_reader {
    XML_Parser parser;
    const seg_labels *labels;
    seg_builder *names; /* where only the names of classes are gathered, else NULL */
    seg_sample *sample; /* NULL then */
    const char *file;
    element stack[DEEPEST];
    int depth;
    char text[TEXT_SIZE];
    size_t length;
    double *target;
    bool flag; /* the target is 0 or 1 */
    double width, height, difficult, box[4], rotated[5];
    bool has_size, has_name, has_box, has_rotated;
    int32_t category;
    double *corners; /* of all polygons of the object, x, y in turn */
    int32_t corner_numbers, corner_room;
    int32_t *ends; /* of each polygon, in `corners` */
    int32_t end_count, end_room;
    seg_status status;
} voc_reader;

static void fail(voc_reader *r, seg_status status, const char *what, const char *got) {
    if (r->status < 0) return;
    r->status = seg_fail(status, "%s: line %ld, column %ld: %s%s", r->file,
                         (long)XML_GetCurrentLineNumber(r->parser),
                         (long)XML_GetCurrentColumnNumber(r->parser) + 1, what, got);
    XML_StopParser(r->parser, XML_FALSE);
}

/* Puts the place before the detail of a call that failed. */
static void failed(voc_reader *r, seg_status status) {
    char detail[SEG_DETAIL_SIZE];
    snprintf(detail, sizeof detail, "%s", seg_error_detail());
    fail(r, status, detail, "");
}

/* ---- elements ---- */

typedef struct known {
    element above;
    const char *name;
    element here;
    int number; /* of the field, for numbers */
} known;

static const known elements[] = {{NOTHING, "annotation", ANNOTATION, 0},
                                 {ANNOTATION, "size", SIZE, 0},
                                 {ANNOTATION, "object", OBJECT, 0},
                                 {OBJECT, "name", NAME, 0},
                                 {OBJECT, "bndbox", BOX, 0},
                                 {OBJECT, "robndbox", ROTATED, 0},
                                 {OBJECT, "polygon", POLYGON, 0},
                                 {OBJECT, "difficult", NUMBER, 0},
                                 {SIZE, "width", NUMBER, 0},
                                 {SIZE, "height", NUMBER, 1},
                                 {BOX, "xmin", NUMBER, 0},
                                 {BOX, "ymin", NUMBER, 1},
                                 {BOX, "xmax", NUMBER, 2},
                                 {BOX, "ymax", NUMBER, 3},
                                 {ROTATED, "cx", NUMBER, 0},
                                 {ROTATED, "cy", NUMBER, 1},
                                 {ROTATED, "w", NUMBER, 2},
                                 {ROTATED, "h", NUMBER, 3},
                                 {ROTATED, "angle", NUMBER, 4}};

static double *field_of(voc_reader *r, const known *k) {
    r->flag = k->above == OBJECT;
    switch (k->above) {
    case OBJECT:
        return &r->difficult;
    case SIZE:
        return k->number ? &r->height : &r->width;
    case BOX:
        return &r->box[k->number];
    default:
        return &r->rotated[k->number];
    }
}

static void begin_object(voc_reader *r) {
    r->has_name = r->has_box = r->has_rotated = false;
    r->difficult = 0;
    r->corner_numbers = r->end_count = 0;
}

static void begin_shape(double *fields, int count) {
    for (int i = 0; i < count; i++)
        fields[i] = UNKNOWN;
}

static element find_element(voc_reader *r, element above, const char *name) {
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        const known *k = &elements[i];
        if (k->above != above || strcmp(k->name, name) != 0) continue;
        if (k->here == NUMBER) r->target = field_of(r, k);
        return k->here;
    }
    if (above == POLYGON && (*name == 'x' || *name == 'y')) {
        if ((*name == 'y') != (r->corner_numbers % 2 == 1))
            fail(r, SEG_ERROR_DATA, "a polygon's x and y do not come in turn: ", name);
        return CORNER;
    }
    return OTHER;
}

static void XMLCALL start(void *user, const XML_Char *name, const XML_Char **attributes) {
    voc_reader *r = user;
    (void)attributes;
    if (r->depth == DEEPEST) {
        fail(r, SEG_ERROR_LIMIT, "elements are too deep within each other: ", name);
        return;
    }
    const element above = r->depth ? r->stack[r->depth - 1] : NOTHING;
    const element here = find_element(r, above, name);
    if (above == NOTHING && here != ANNOTATION)
        fail(r, SEG_ERROR_DATA, "the file is no <annotation>, but ", name);
    if (here == SIZE) r->width = r->height = 0, r->has_size = true;
    if (here == OBJECT) begin_object(r);
    if (here == BOX) begin_shape(r->box, 4);
    if (here == ROTATED) begin_shape(r->rotated, 5);
    r->stack[r->depth++] = here;
    r->length = 0;
}

static void XMLCALL characters(void *user, const XML_Char *text, int length) {
    voc_reader *r = user;
    const element here = r->depth ? r->stack[r->depth - 1] : NOTHING;
    if (here != NUMBER && here != CORNER && here != NAME) return;
    if ((size_t)length >= TEXT_SIZE - r->length) {
        fail(r, SEG_ERROR_LIMIT, "a name or number is longer than 255 bytes", "");
        return;
    }
    memcpy(r->text + r->length, text, (size_t)length);
    r->length += (size_t)length;
}

/* ---- values ---- */

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The element's text without the blanks around it. */
static const char *trimmed(voc_reader *r) {
    char *text = r->text;
    while (r->length && is_space(r->text[r->length - 1]))
        r->length--;
    r->text[r->length] = '\0';
    while (is_space(*text))
        text++;
    return text;
}

static double take_number(voc_reader *r) {
    const char *text = trimmed(r), *end;
    double value = 0;
    if (!seg_text_to_number(&value, &end, text) || *end || value < -SEG_FURTHEST ||
        value > SEG_FURTHEST)
        fail(r, SEG_ERROR_DATA, "not a number from -1e8 to 1e8: ", text);
    else if (r->flag && value != 0 && value != 1)
        fail(r, SEG_ERROR_DATA, "difficult is neither 0 nor 1: ", text);
    return value;
}

static void take_corner(voc_reader *r) {
    r->flag = false;
    const double value = take_number(r);
    void *corners = r->corners;
    const seg_status status =
        seg_grow(&corners, &r->corner_room, r->corner_numbers, r->corner_numbers + 1,
                 sizeof *r->corners, r->labels->env.allocator);
    r->corners = corners;
    if (status < 0)
        failed(r, status);
    else
        r->corners[r->corner_numbers++] =
            seg_in_steps(value - r->labels->options.origin, SEG_HALF_STEP);
}

static void end_polygon(voc_reader *r) {
    const int32_t first = r->end_count ? r->ends[r->end_count - 1] : 0;
    const int32_t numbers = r->corner_numbers - first;
    if (numbers % 2 || numbers < 6) {
        fail(r, SEG_ERROR_DATA, "a polygon needs x and y of at least 3 corners", "");
        return;
    }
    void *ends = r->ends;
    const seg_status status = seg_grow(&ends, &r->end_room, r->end_count, r->end_count + 1,
                                       sizeof *r->ends, r->labels->env.allocator);
    r->ends = ends;
    if (status < 0)
        failed(r, status);
    else
        r->ends[r->end_count++] = r->corner_numbers;
}

static void take_name(voc_reader *r) {
    const char *name = trimmed(r);
    r->has_name = true;
    if (!*name)
        fail(r, SEG_ERROR_DATA, "an object has an empty name", "");
    else if (r->names && !seg_builder_intern(r->names, name))
        failed(r, SEG_ERROR_MEMORY);
    else if (!r->names && !seg_labels_category_id(&r->category, r->labels, name))
        fail(r, SEG_ERROR_DATA, "none of the classes: ", name);
}

static void end_box(voc_reader *r) {
    const double more = r->labels->options.origin ? 1 : 0; /* the last pixel belongs to it */
    for (int i = 0; i < 4; i++)
        if (r->box[i] == UNKNOWN) {
            fail(r, SEG_ERROR_DATA, "a bndbox without one of xmin, ymin, xmax, ymax", "");
            return;
        }
    r->has_box = true;
    if (r->box[2] + more < r->box[0] || r->box[3] + more < r->box[1])
        fail(r, SEG_ERROR_DATA, "a bndbox ends before it begins", "");
}

static void end_rotated(voc_reader *r) {
    for (int i = 0; i < 5; i++)
        if (r->rotated[i] == UNKNOWN) {
            fail(r, SEG_ERROR_DATA, "a robndbox without one of cx, cy, w, h, angle", "");
            return;
        }
    r->has_rotated = true;
    if (r->rotated[2] < 0 || r->rotated[3] < 0)
        fail(r, SEG_ERROR_DATA, "a robndbox has a side below 0", "");
}

/* ---- objects ---- */

static seg_box box_of(const voc_reader *r) {
    const double origin = r->labels->options.origin, more = origin;
    const double x = seg_in_steps(r->box[0] - origin, SEG_HALF_STEP),
                 y = seg_in_steps(r->box[1] - origin, SEG_HALF_STEP);
    return (seg_box){x, y, seg_in_steps(r->box[2] - origin + more, SEG_HALF_STEP) - x,
                     seg_in_steps(r->box[3] - origin + more, SEG_HALF_STEP) - y};
}

static seg_status add_object(const voc_reader *r) {
    const uint32_t wanted = r->labels->options.kinds;
    const double origin = r->labels->options.origin;
    seg_object_label object = {.category = r->category, .crowd = r->difficult != 0};
    if (r->has_box) object.box = box_of(r);
    if (r->has_rotated)
        object.rotated = (seg_rotated_box){seg_in_steps(r->rotated[0] - origin, SEG_HALF_STEP),
                                           seg_in_steps(r->rotated[1] - origin, SEG_HALF_STEP),
                                           seg_in_steps(r->rotated[2], SEG_HALF_STEP),
                                           seg_in_steps(r->rotated[3], SEG_HALF_STEP),
                                           seg_in_steps(r->rotated[4] / SEG_RADIANS, SEG_STEP)};
    object.kinds =
        ((r->has_box ? SEG_LABEL_BOXES : 0) | (r->has_rotated ? SEG_LABEL_ROTATED_BOXES : 0)) &
        wanted;
    const bool polygons = r->end_count && wanted & SEG_LABEL_POLYGONS;
    if (!object.kinds && !polygons) return SEG_OK;
    SEG_TRY(seg_labels_add_object(r->sample, &object));
    for (int32_t i = 0, first = 0; polygons && i < r->end_count; first = r->ends[i++])
        SEG_TRY(seg_sample_add_polygon(r->sample, r->corners + first, (r->ends[i] - first) / 2));
    return SEG_OK;
}

static void end_object(voc_reader *r) {
    if (!r->has_name)
        fail(r, SEG_ERROR_DATA, "an object without a name", "");
    else if (!r->has_box && !r->has_rotated && !r->end_count)
        fail(r, SEG_ERROR_DATA, "an object without a bndbox, robndbox or polygon", "");
    if (r->status < 0 || !r->sample) return;
    const seg_status status = add_object(r);
    if (status < 0) failed(r, status);
}

static void end_size(voc_reader *r) {
    if (!r->sample || r->width == 0 || r->height == 0) return; /* not known, as some tools write */
    const seg_status status =
        r->width == r->sample->picture.width && r->height == r->sample->picture.height
            ? SEG_OK
            : seg_labels_check_size(r->sample, r->file, (int32_t)r->width, (int32_t)r->height);
    if (status < 0) r->status = status, XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL end(void *user, const XML_Char *name) {
    voc_reader *r = user;
    (void)name;
    if (r->status < 0) return;
    switch (r->stack[--r->depth]) {
    case NUMBER:
        *r->target = take_number(r);
        break;
    case CORNER:
        take_corner(r);
        break;
    case NAME:
        take_name(r);
        break;
    case SIZE:
        end_size(r);
        break;
    case BOX:
        end_box(r);
        break;
    case ROTATED:
        end_rotated(r);
        break;
    case POLYGON:
        end_polygon(r);
        break;
    case OBJECT:
        end_object(r);
        break;
    default:
        break;
    }
    r->length = 0;
}

/* Entities of one's own are how a small file becomes gigabytes. */
static void XMLCALL doctype(void *user, const XML_Char *name, const XML_Char *system,
                            const XML_Char *public, int internal) {
    voc_reader *r = user;
    (void)system;
    (void)public;
    if (internal) fail(r, SEG_ERROR_DATA, "a document type with declarations is not read: ", name);
}

/* ---- files ---- */

static seg_status parse(voc_reader *r, const char *text, size_t size) {
    enum { AT_ONCE = 1 << 20 };
    r->parser = XML_ParserCreate(NULL);
    if (!r->parser) return seg_fail(SEG_ERROR_MEMORY, "%s: no memory for its XML", r->file);
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, start, end);
    XML_SetCharacterDataHandler(r->parser, characters);
    XML_SetStartDoctypeDeclHandler(r->parser, doctype);
    bool good = true;
    while (good && r->status >= 0) {
        const size_t part = size < AT_ONCE ? size : AT_ONCE;
        good = XML_Parse(r->parser, text, (int)part, part == size) == XML_STATUS_OK;
        text += part;
        size -= part;
        if (!size) break;
    }
    const enum XML_Error code = XML_GetErrorCode(r->parser);
    if (!good && r->status >= 0)
        fail(r, code == XML_ERROR_NO_MEMORY ? SEG_ERROR_MEMORY : SEG_ERROR_DATA,
             XML_ErrorString(code), "");
    XML_ParserFree(r->parser);
    return r->status;
}

static seg_status read_file(const seg_labels *labels, seg_builder *names, seg_sample *sample,
                            const char *file) {
    char *text;
    size_t size;
    SEG_TRY(seg_file_read(&text, &size, file, &labels->env));
    voc_reader r = {.labels = labels, .names = names, .sample = sample, .file = file};
    const seg_status status = parse(&r, text, size);
    seg_release(&labels->env, r.corners);
    seg_release(&labels->env, r.ends);
    seg_release(&labels->env, text);
    return status;
}

static seg_status gather_names(void *user, const char *name) {
    seg_labels *labels = user;
    if (!seg_labels_ends_with(name, ".xml")) return SEG_OK;
    char *path = seg_labels_join(labels->path, name, &labels->env);
    if (!path) return SEG_ERROR_MEMORY;
    const seg_status status = read_file(labels, &labels->base, NULL, path);
    seg_release(&labels->env, path);
    return status == SEG_ERROR_MEMORY ? status : SEG_OK; /* a bad file fails when it is loaded */
}

static seg_status open_voc(seg_labels *labels) {
    if (!seg_labels_is_folder(labels->path))
        return seg_fail(SEG_ERROR_IO, "%s: no folder of that name", labels->path);
    if (labels->category_count) return SEG_OK;
    SEG_TRY(seg_labels_walk(labels->path, gather_names, labels, &labels->env));
    return seg_labels_number_names(labels);
}

static seg_status load_voc(const seg_labels *labels, seg_sample *sample, const char *name,
                           bool *found) {
    char *path = seg_labels_file(labels->path, name, ".xml", &labels->env);
    if (!path) return SEG_ERROR_MEMORY;
    *found = seg_labels_exists(path);
    const seg_status status = *found ? read_file(labels, NULL, sample, path) : SEG_OK;
    seg_release(&labels->env, path);
    return status;
}

#else

static seg_status open_voc(seg_labels *labels) {
    return seg_fail(SEG_ERROR_UNSUPPORTED,
                    "%s: Pascal VOC's XML is not read by this build of libsegment-data; build it "
                    "with expat",
                    labels->path);
}

static seg_status load_voc(const seg_labels *labels, seg_sample *sample, const char *name,
                           bool *found) {
    (void)sample, (void)name, (void)found;
    return open_voc((seg_labels *)labels);
}

#endif

const seg_labels_driver seg_labels_voc = {.name = "voc",
                                          .kinds = SEG_LABEL_BOXES | SEG_LABEL_ROTATED_BOXES |
                                                   SEG_LABEL_POLYGONS,
                                          .open = open_voc,
                                          .load = load_voc,
                                          .add = seg_labels_voc_add};
