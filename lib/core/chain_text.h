/* The grammar of chains of operations, `name(k=v,...),name(...)`, for all that have one. */
#ifndef SEG_CORE_CHAIN_TEXT_H
#define SEG_CORE_CHAIN_TEXT_H

#include <segment/status.h>
#include <stdbool.h>

#define SEG_CHAIN_WORD 256 /* room of a word, with its 0 */
#define SEG_CHAIN_DEPTH 8  /* operations within operations */

/** What is made of the text. Functions set the detail line without the place, which is put in front
 *  of it. */
typedef struct seg_chain_handler {
    void *user;
    /** An operation begins; *holds = its arguments may be operations. */
    seg_status (*begin)(void *user, const char *name, bool *holds);
    /** A value of the operation last begun; `name` NULL: that of parameter number `position`, or
     *  SEG_CHAIN_LATE where values with names came before. */
    seg_status (*set)(void *user, const char *name, int position, const char *value);
    /** The operation last begun is complete. */
    seg_status (*end)(void *user);
} seg_chain_handler;

#define SEG_CHAIN_LATE (-1)

/**
 * Reads `text`; `name` is for messages ("pre"). NULL and "" are the empty chain. Grammar, spaces
 * allowed between the parts:
 *     chain     = [ operation { "," operation } ]
 *     operation = name [ "=" value | "(" [ argument { "," argument } ] ")" ]
 *     argument  = [ parameter "=" ] value
 *               | operation                       of operations that hold others
 * Values without a name fill the parameters in the order of the operation's table. In what holds
 * others, `a = b` is a parameter, and a word without "=" an operation.
 * Errors: SEG_ERROR_OPTION with the column (from 1) of the mistake; those of the handler.
 */
SEG_NODISCARD seg_status seg_chain_read(const char *text, const char *name,
                                        const seg_chain_handler *handler);

#endif
