/* --pipeline: text as it is, or JSON, which is brought to the same text. */
#ifndef TOOLS_AUGMENT_PIPELINE_FILE_H
#define TOOLS_AUGMENT_PIPELINE_FILE_H

/** The text of the pipeline; a new one. NULL: a message was given. A value that begins with
 *  a bracket is JSON itself, one that ends in .json a file of it: a list of steps, or an object
 * with such a list as "pipeline". A step is a name, or an object: "name", parameters by their
 * names, and for policies "steps", a list. */
char *pipeline_read(const char *value);

#endif
