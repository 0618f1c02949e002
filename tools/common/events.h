/* --events: a line for each object that came and went, and a picture of it beside them. */
#ifndef TOOLS_EVENTS_H
#define TOOLS_EVENTS_H

#include "common/plan.h"
#include "common/text.h"
#include <segment/objects.h>

/** A track's picture at its largest so far. */
typedef struct event_picture {
    int32_t id;
    seg_image picture;
} event_picture;

typedef struct events {
    const settings *settings;
    char *prefix; /* of the pictures' names; NULL = there are none */
    event_picture *items;
    int32_t count;
} events;

/** `several`: other inputs have pictures beside the same file. */
void events_init(events *target, const job *item, const settings *from, bool several);
void events_free(events *target);

/** After each result: pictures of who is at their largest in `frame`, lines about who has gone;
 *  `end`: about all. `input` stands in them, if it is not NULL. False: a message was given. */
bool events_take(events *target, text_buffer *lines, const seg_tracker *tracker,
                 const seg_frame *frame, const char *input, bool end);

#endif
