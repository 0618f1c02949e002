/* The grammar of chains of operations, `name(k=v,...),name(...)`, for all that have one. */
#ifndef SEG_CORE_CHAIN_TEXT_H
#define SEG_CORE_CHAIN_TEXT_H

#include <segment/params.h>
#include <stdbool.h>

#define SEG_CHAIN_WORD 256  /* room of a word, with its 0 */
#define SEG_CHAIN_DEPTH 8   /* operations within operations */
#define SEG_CHAIN_MOST 1000 /* operations of a text */

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
 * Values without a name fill the parameters in the order of the operation's table, each of which
 * can be given once; a text has at most SEG_CHAIN_MOST operations. In what holds
 * others, `a = b` is a parameter, and a word without "=" an operation.
 * Errors: SEG_ERROR_OPTION with the column (from 1) of the mistake; those of the handler.
 */
SEG_NODISCARD seg_status seg_chain_read(const char *text, const char *name,
                                        const seg_chain_handler *handler);

/** An operation whose values are being read. */
typedef struct seg_chain_operation {
    const char *id;
    const seg_param_table *params; /* at most 64; NULL: it has none */
    void *options;
    uint64_t given; /* bit i: parameter i has been */
} seg_chain_operation;

/** What `set` of a handler does: the value of the parameter goes to the options.
 *  Errors: SEG_ERROR_OPTION, also where the parameter had a value before. */
SEG_NODISCARD seg_status seg_chain_set(seg_chain_operation *operation, const char *name,
                                       int position, const char *value, const seg_env *env);

/** Returns `status`; that of an error gets the operation's name in front of its detail line. */
SEG_NODISCARD seg_status seg_chain_named(seg_status status, const char *id);

#endif
