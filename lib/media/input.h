/* Where bytes come from: a regular file, a pipe, or memory; with a look at the first ones. */
#ifndef SEG_MEDIA_INPUT_H
#define SEG_MEDIA_INPUT_H

#include <segment/env.h>
#include <stdbool.h>

enum { SEG_INPUT_HEAD = 64 };

typedef struct seg_input {
    int descriptor;               /**< -1 for memory */
    bool owned;                   /**< close the descriptor */
    bool seekable;                /**< a regular file or memory */
    const uint8_t *memory;        /**< or NULL */
    int64_t size;                 /**< bytes in all; -1 where unknown */
    int64_t position;             /**< of the next byte that read gives */
    uint8_t head[SEG_INPUT_HEAD]; /**< the first bytes, kept for sniffing */
    int32_t head_size;
    int failed;     /**< errno of a failed read, 0 if none */
    bool cancelled; /**< the caller's progress function said stop */
    char *name;     /**< for messages */
    seg_env env;
} seg_input;

/** "-" is standard input. Errors: SEG_ERROR_IO, SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_input_open(seg_input **input, const char *name,
                                                const seg_env *env);

/** Reads from memory that outlives the input. */
SEG_API SEG_NODISCARD seg_status seg_input_open_memory(seg_input **input, const void *bytes,
                                                       size_t size, const char *name,
                                                       const seg_env *env);

/** NULL is allowed. */
SEG_API void seg_input_close(seg_input *input);

/** Waits until SEG_INPUT_HEAD or at least `wanted` first bytes are known, or the input ends. They
 *  are read again by seg_input_read. Only before the first read. */
SEG_API SEG_NODISCARD seg_status seg_input_sniff(seg_input *input, int32_t wanted);

/** Up to `size` bytes, as many as there are now: > 0, 0 at the end, -1 on failure (`failed` or
 *  `cancelled` is set). */
SEG_API int64_t seg_input_read(seg_input *input, void *bytes, size_t size);

/** Reads exactly `size` bytes unless the input ends: the number got, or -1. */
int64_t seg_input_read_all(seg_input *input, void *bytes, size_t size);

/** Goes to a byte of a seekable input: 0, or an errno. */
SEG_API int seg_input_seek(seg_input *input, int64_t position);

/** Back to the first byte; false if the input cannot. */
SEG_API bool seg_input_rewind(seg_input *input);

/** The status for a failed read, with its detail line. */
SEG_API SEG_NODISCARD seg_status seg_input_failure(const seg_input *input);

#endif
