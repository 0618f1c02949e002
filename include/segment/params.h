/* Parameter tables: one row per option, feeding defaults, parsing, help, tests and fuzzers. */
#ifndef SEGMENT_PARAMS_H
#define SEGMENT_PARAMS_H

#include <segment/image.h>

SEG_BEGIN_DECLS

/** Automatic rules that a level may name. */
typedef enum seg_auto_rule {
    SEG_AUTO_DEFAULT = 0, /**< `auto`: the rule that the method's help names */
    SEG_AUTO_OTSU,        /**< `auto:otsu` */
    SEG_AUTO_MEDIAN,      /**< `auto:median` */
    SEG_AUTO_NOISE        /**< `auto:noise`: from the robust spread of the values */
} seg_auto_rule;

typedef enum seg_level_kind {
    SEG_LEVEL_8BIT = 0,   /**< `50`: of 255, at every depth */
    SEG_LEVEL_PERCENT,    /**< `20%`: of full scale */
    SEG_LEVEL_PERCENTILE, /**< `p90`: that share of the voting pixels is at or below */
    SEG_LEVEL_RAW,        /**< `12000raw`: in the samples' own unit */
    SEG_LEVEL_AUTO        /**< `auto`, `auto:otsu`, ... */
} seg_level_kind;

/** A grey level or gradient that means the same at every depth. */
typedef struct seg_level {
    int32_t kind; /**< seg_level_kind */
    int32_t rule; /**< seg_auto_rule, with SEG_LEVEL_AUTO */
    double value;
} seg_level;

/** A time span: `200f` or `200` frames, `8s`, `500ms`. */
typedef struct seg_duration {
    double value;
    int32_t in_seconds; /**< 0 frames, 1 seconds */
} seg_duration;

/** Value of a duration that never ends; `never` where so much is allowed. */
#define SEG_NEVER 1e9

/** A length: `15` pixels, or `0.5%` of the picture's smaller side. */
typedef struct seg_size {
    double value;
    int32_t in_percent;
} seg_size;

typedef enum seg_seeds_kind {
    SEG_SEEDS_AUTO = 0, /**< `auto`: the method finds them */
    SEG_SEEDS_POINTS,   /**< `x,y;x,y` */
    SEG_SEEDS_PICTURE   /**< a label or mask picture, borrowed */
} seg_seeds_kind;

typedef struct seg_seeds {
    int32_t kind;            /**< seg_seeds_kind */
    int32_t count;           /**< of points */
    const seg_point *points; /**< parsed ones belong to the options: seg_params_clear */
    const seg_image *picture;
} seg_seeds;

/** Type of a field in an options struct. */
typedef enum seg_param_type {
    SEG_PARAM_BOOL,     /**< bool */
    SEG_PARAM_INT,      /**< int32_t */
    SEG_PARAM_FLOAT,    /**< double */
    SEG_PARAM_ENUM,     /**< int32_t, index into `names` */
    SEG_PARAM_LEVEL,    /**< seg_level */
    SEG_PARAM_DURATION, /**< seg_duration */
    SEG_PARAM_SIZE,     /**< seg_size */
    SEG_PARAM_RECT,     /**< seg_rect, `x,y,w,h` */
    SEG_PARAM_SEEDS,    /**< seg_seeds */
    SEG_PARAM_PICTURE   /**< const seg_image *, borrowed; NULL = none; set by seg_params_set_picture
                         */
} seg_param_type;

/** Among the names of a SEG_PARAM_INT: all odd numbers from min to max. */
#define SEG_PARAM_ODD "odd"

/** A row of a parameter table. */
typedef struct seg_param {
    const char *name;         /**< as on the command line without dashes: "half-life" */
    int32_t type;             /**< seg_param_type */
    size_t offset;            /**< of the field in the options struct */
    const char *default_text; /**< parsed by the same parser; NULL for "none" (pictures) */
    double min, max;          /**< allowed value, inclusive (of the number in levels, sizes, ...) */
    const char *const
        *names;         /**< of an enumeration; of a whole number those allowed ("3", "5"),
                             SEG_PARAM_ODD for the odd ones in the range; NULL-ended; or NULL */
    const char *unit;   /**< "px", "8-bit level", "frames", ...; "" if none */
    const char *help;   /**< one sentence */
    const char *symbol; /**< in the paper, or "" */
} seg_param;

typedef struct seg_param_table {
    const seg_param *items;
    int32_t count;
    size_t options_size; /**< sizeof the struct; its first member is `size_t size` */
} seg_param_table;

/** Sets `size` and every default. `options` has table->options_size bytes. */
SEG_API void seg_params_init(void *options, const seg_param_table *table);

/** The row of that name, or NULL. `-` and `_` are the same. */
SEG_API const seg_param *seg_params_find(const seg_param_table *table, const char *name);

/**
 * Parses `text` into the field `name`. Booleans take true/false, yes/no, on/off, 1/0.
 * Errors: SEG_ERROR_OPTION (unknown name: the detail names the nearest; malformed; out of range;
 * pictures: use seg_params_set_picture), SEG_ERROR_MEMORY (seeds).
 */
SEG_API SEG_NODISCARD seg_status seg_params_parse(void *options, const seg_param_table *table,
                                                  const char *name, const char *text,
                                                  const seg_env *env);

/** Sets a SEG_PARAM_PICTURE field, or a SEG_PARAM_SEEDS field to a seed picture. Borrowed. Errors:
 *  SEG_ERROR_OPTION (NULL, no such name, or it takes no picture). */
SEG_API SEG_NODISCARD seg_status seg_params_set_picture(void *options, const seg_param_table *table,
                                                        const char *name, const seg_image *picture);

/** Checks `size` and every field against its row, as all entry points do.
 *  Errors: SEG_ERROR_OPTION naming the field, the value and what is allowed. */
SEG_API SEG_NODISCARD seg_status seg_params_check(const void *options,
                                                  const seg_param_table *table);

/** Deep copy (seed points are duplicated, pictures stay borrowed). Clear it afterwards. What
 *  `target` held is lost. Errors: SEG_ERROR_OPTION (`source` does not pass seg_params_check),
 *  _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_params_copy(void *target, const void *source,
                                                 const seg_param_table *table, const seg_env *env);

/** Frees what parsing or copying allocated and restores the defaults. Same env as there. */
SEG_API void seg_params_clear(void *options, const seg_param_table *table, const seg_env *env);

/** Writes a field's value as text that the parser reads back ("auto:otsu", "8s", "3"), always
 *  0-ended; returns the length it needs, as snprintf. */
SEG_API int seg_params_format(char *text, size_t size, const void *options, const seg_param *param);

SEG_END_DECLS

#endif
