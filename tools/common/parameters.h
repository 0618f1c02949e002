/* Options of a method or metric as data. */
#ifndef TOOLS_PARAMETERS_H
#define TOOLS_PARAMETERS_H

#include <jansson.h>
#include <segment/params.h>

/** Every parameter with its value, in the order of the table, as JSON of the type that it has.
 *  `named` (or NULL) holds values that only the caller knows, such as names of pictures. The caller
 *  owns the result. */
json_t *parameters_describe(const void *options, const seg_param_table *table, json_t *named);

#endif
