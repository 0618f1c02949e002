/* Asks for memory that will be read soon, for access all over a picture. Changes no result. */
#ifndef SEG_KERNELS_PREFETCH_H
#define SEG_KERNELS_PREFETCH_H

#if defined(__GNUC__)
#define SEG_PREFETCH(address) __builtin_prefetch(address)
#else
#define SEG_PREFETCH(address) ((void)(address))
#endif

#endif
