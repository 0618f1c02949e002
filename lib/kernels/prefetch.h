/* Asks for memory that will be read soon, for access all over a picture. Changes no result. */
#ifndef SEG_KERNELS_PREFETCH_H
#define SEG_KERNELS_PREFETCH_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
/* GCC drops calls of functions that do nothing else; an empty instruction is something. */
#define SEG_PREFETCH(address)                                                                      \
    do {                                                                                           \
        __builtin_prefetch(address);                                                               \
        __asm__ volatile("");                                                                      \
    } while (0)
#else
#define SEG_PREFETCH(address) ((void)(address))
#endif

/** So many bytes behind `address`, where there may be nothing any more. */
#define SEG_PREFETCH_AHEAD(address, bytes)                                                         \
    SEG_PREFETCH((const void *)((uintptr_t)(address) + (bytes)))

/** So many bytes from `address` on. */
static inline void seg_prefetch(const void *address, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64)
        SEG_PREFETCH_AHEAD(address, i);
}

#endif
