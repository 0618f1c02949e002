/* Samples as --online writes them: arrays of NumPy, members of a tar, or bytes alone. */
#ifndef TOOLS_AUGMENT_WIRE_H
#define TOOLS_AUGMENT_WIRE_H

#include "augment/job.h"
#include "common/outfile.h"

typedef enum wire_format { WIRE_NPY, WIRE_WEBDATASET, WIRE_RAW } wire_format;

/** A sample ready to be written. */
typedef struct wire_sample {
    bool good;         /* else it is left out */
    text_buffer bytes; /* rows without gaps; of a tar, its members */
    int32_t width, height;
    uint8_t format, channels;
    float *classes; /* shares */
    int32_t class_count;
} wire_sample;

/** Whether arrays (npy, raw) hold all its labels. Else a message was given. */
bool wire_check_arrays(const seg_sample *sample, const char *key);

void wire_free(wire_sample *sample);

/** Encodes a copy, in a worker. `key` is what it is called in a tar. False: a message was given. */
bool wire_encode(wire_sample *target, const augment_job *job, wire_format format,
                 const seg_sample *sample, const char *key, const char *extension);

/** Writes the samples of a batch that are good. All of one run must be of one shape, but in a tar:
 *  `first` holds that of the first one. False: a message was given. */
bool wire_write(outfile *out, const wire_sample *samples, int32_t count, wire_format format,
                wire_sample *first);

/** Ends the stream. False: a message was given. */
bool wire_end(outfile *out, wire_format format);

#endif
