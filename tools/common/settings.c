#include "common/settings.h"
#include "common/messages.h"
#include "common/text.h"
#include "common/values.h"
#include <stdio.h>
#include <unistd.h>

int32_t settings_processors(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > 256 ? 256 : (int32_t)count;
}

static bool fail(option_id id, const char *text, const char *allowed) {
    message_error(NULL, "--%s has no valid value (got \"%s\", allowed %s)", option_get(id)->name,
                  text, allowed);
    return false;
}

static bool read_integer(int64_t *value, const arguments *from, option_id id, int64_t low,
                         int64_t high) {
    char allowed[80];
    const char *text = from->values[id];
    if (!text) return true;
    if (value_integer(value, text) && *value >= low && *value <= high) return true;
    if (high == INT64_MAX)
        snprintf(allowed, sizeof allowed, "a whole number from %lld up", (long long)low);
    else
        snprintf(allowed, sizeof allowed, "a whole number from %lld to %lld", (long long)low,
                 (long long)high);
    return fail(id, text, allowed);
}

static bool read_int32(int32_t *value, const arguments *from, option_id id, int32_t low,
                       int32_t high) {
    int64_t wide = *value;
    if (!read_integer(&wide, from, id, low, high)) return false;
    *value = (int32_t)wide;
    return true;
}

static bool read_pixels(double *value, const arguments *from, option_id id) {
    const char *text = from->values[id];
    if (!text || (value_number(value, text) && *value >= 0)) return true;
    return fail(id, text, "a number of pixels from 0 up, e.g. 1.5");
}

static bool read_time(double *value, const arguments *from, option_id id) {
    const char *text = from->values[id];
    if (!text || (value_seconds(value, text) && *value >= 0)) return true;
    return fail(id, text, "90, 1:30, 00:01:30.5, 8s, 500ms");
}

/* WIDTHxHEIGHT or a share of the size. */
static bool read_resize(seg_reader_options *reader, const arguments *from) {
    const char *text = from->values[OPTION_RESIZE];
    double percent;
    if (!text || value_size(&reader->width, &reader->height, text)) return true;
    reader->width = reader->height = 0; /* may be half read */
    if (value_percent(&percent, text) && percent > 0 && percent <= 1000) {
        reader->scale = percent / 100;
        return true;
    }
    return fail(OPTION_RESIZE, text,
                "WIDTHxHEIGHT in pixels, e.g. 640x480, or a share of the size, e.g. 50%");
}

static bool read_size(int32_t *width, int32_t *height, const arguments *from, option_id id) {
    const char *text = from->values[id];
    if (!text || value_size(width, height, text)) return true;
    return fail(id, text, "WIDTHxHEIGHT in pixels, e.g. 640x480");
}

/* --sequence=FPS and --fps say the same; --fps goes first. */
static bool read_rate(seg_rational *rate, const arguments *from) {
    static const option_id both[] = {OPTION_SEQUENCE, OPTION_FPS};
    for (int i = 0; i < 2; i++) {
        const char *text = from->values[both[i]];
        if (text && *text && !value_rate(rate, text))
            return fail(both[i], text, "frames per second, e.g. 25 or 30000/1001");
    }
    return true;
}

static bool read_reader(settings *target, const arguments *from) {
    seg_reader_options *reader = &target->reader;
    const char *const *values = from->values;
    seg_reader_options_init(reader);
    reader->sequence = values[OPTION_SEQUENCE] != NULL;
    reader->autorotate = !values[OPTION_AUTOROTATE] || !*values[OPTION_AUTOROTATE];
    reader->format = values[OPTION_INPUT_FORMAT];
    if (values[OPTION_ON_RESIZE])
        reader->on_resize =
            text_choice(option_get(OPTION_ON_RESIZE)->choices, values[OPTION_ON_RESIZE]);
    if (values[OPTION_RAW_SIZE] || values[OPTION_RAW_FORMAT]) {
        if (!values[OPTION_RAW_SIZE]) {
            message_error(NULL, "--raw-format needs --raw-size WxH");
            return false;
        }
        reader->format = "rawvideo";
        reader->raw_pixel_format = values[OPTION_RAW_FORMAT] ? values[OPTION_RAW_FORMAT] : "gray";
    }
    target->reader_needed = values[OPTION_START] || values[OPTION_DURATION] ||
                            values[OPTION_LIMIT] || values[OPTION_STEP] || values[OPTION_RESIZE] ||
                            reader->format;
    return read_rate(&reader->fps, from) && read_time(&reader->start, from, OPTION_START) &&
           read_time(&reader->duration, from, OPTION_DURATION) &&
           read_integer(&reader->limit, from, OPTION_LIMIT, 1, INT64_MAX) &&
           read_int32(&reader->step, from, OPTION_STEP, 1, 1000000) && read_resize(reader, from) &&
           read_size(&reader->raw_width, &reader->raw_height, from, OPTION_RAW_SIZE);
}

static bool read_output(settings *target, const arguments *from) {
    const char *const *values = from->values;
    target->format = values[OPTION_FORMAT];
    target->codec = values[OPTION_CODEC];
    target->compression = -1;
    const char *audio = values[OPTION_AUDIO], *rate = values[OPTION_BITRATE];
    target->copy_audio = audio && text_equal(audio, "copy");
    const char *render = values[OPTION_RENDER], *shape = values[OPTION_OBJECTS_SHAPE];
    if (render) {
        target->render_given = true;
        for (int kind = 0; seg_render_name((seg_render_kind)kind); kind++)
            if (text_equal(seg_render_name((seg_render_kind)kind), render))
                target->render = (seg_render_kind)kind;
    }
    if (shape)
        target->shape =
            (objects_shape)text_choice(option_get(OPTION_OBJECTS_SHAPE)->choices, shape);
    if (rate && (!value_count(&target->bitrate, rate, 1000) || target->bitrate < 1))
        return fail(OPTION_BITRATE, rate, "bits per second, e.g. 800k or 2M");
    const char *most = values[OPTION_MAX_OUTPUT];
    if (most && (!value_count(&target->max_output, most, 1024) || target->max_output < 1))
        return fail(OPTION_MAX_OUTPUT, most, "bytes, e.g. 500M or 10G");
    return read_pixels(&target->simplify, from, OPTION_SIMPLIFY) &&
           read_int32(&target->quality, from, OPTION_QUALITY, 1, 100) &&
           read_int32(&target->compression, from, OPTION_COMPRESSION, 0, 9);
}

static bool read_run(settings *target, const arguments *from) {
    const char *const *values = from->values;
    const char *pixels = values[OPTION_MAX_PIXELS], *progress = values[OPTION_PROGRESS];
    target->overwrite = values[OPTION_OVERWRITE] != NULL;
    target->resume = values[OPTION_RESUME] != NULL;
    target->keep_going = values[OPTION_KEEP_GOING] != NULL;
    target->dry_run = values[OPTION_DRY_RUN] != NULL;
    if (progress)
        target->progress =
            (progress_mode)text_choice(option_get(OPTION_PROGRESS)->choices, progress);
    target->limits = (seg_limits){SEG_DEFAULT_MAX_PIXELS, SEG_DEFAULT_MAX_SIDE};
    if (pixels &&
        (!value_count(&target->limits.max_pixels, pixels, 1024) || target->limits.max_pixels < 1))
        return fail(OPTION_MAX_PIXELS, pixels, "a number of pixels, e.g. 64M");
    target->jobs = target->shard = target->shards = 1;
    const char *shard = values[OPTION_SHARD];
    if (shard && !value_shard(&target->shard, &target->shards, shard))
        return fail(OPTION_SHARD, shard, "PART/PARTS from 1/1 up, e.g. 3/8");
    if (!read_int32(&target->threads, from, OPTION_THREADS, 0, 256) ||
        !read_int32(&target->jobs, from, OPTION_JOBS, 0, 256))
        return false;
    if (!target->threads) target->threads = settings_processors();
    if (!target->jobs) target->jobs = settings_processors();
    return true;
}

static bool read_method(settings *target, const arguments *from) {
    const char *const *values = from->values;
    target->markers = values[OPTION_MARKERS];
    target->ignore = values[OPTION_IGNORE];
    target->known_foreground = values[OPTION_KNOWN_FOREGROUND];
    target->load_model = values[OPTION_LOAD_MODEL];
    target->save_model = values[OPTION_SAVE_MODEL];
    target->train = values[OPTION_TRAIN];
    if (values[OPTION_STABILIZE])
        target->stabilize =
            text_choice(option_get(OPTION_STABILIZE)->choices, values[OPTION_STABILIZE]);
    target->follow = values[OPTION_VIEW] && text_equal(values[OPTION_VIEW], "follow");
    target->lines[LINES_OBJECTS] = values[OPTION_OBJECTS];
    target->lines[LINES_EVENTS] = values[OPTION_EVENTS];
    target->report = values[OPTION_REPORT];
    target->pre = values[OPTION_PRE];
    target->post = values[OPTION_POST];
    target->keep = values[OPTION_KEEP];
    target->objects_connectivity = 8;
    const char *joined = values[OPTION_OBJECTS_CONNECTIVITY], *roi = values[OPTION_ROI];
    if (joined && text_equal(joined, "4")) target->objects_connectivity = 4;
    if (roi && !value_rectangle(&target->roi, roi))
        return fail(OPTION_ROI, roi, "X,Y,WIDTH,HEIGHT in pixels, e.g. 0,100,640,380");
    return read_integer(&target->rng_seed, from, OPTION_RNG_SEED, 0, INT64_MAX);
}

/* FILE.csv holds a table, whose cells hold no outlines. */
static bool choose_table(settings *target) {
    if (!target->lines[LINES_OBJECTS] || !text_ends_any_case(target->lines[LINES_OBJECTS], ".csv"))
        return true;
    if (target->shape == SHAPE_POLYGON) {
        message_error(target->lines[LINES_OBJECTS],
                      "a CSV table has no column for --objects-shape polygon; name a .jsonl file, "
                      "or use --objects-shape rle");
        return false;
    }
    target->shape = target->shape == SHAPE_RLE ? SHAPE_TABLE_RLE : SHAPE_TABLE;
    return true;
}

/* The last name is OUTPUT, unless there is one name only and its results go elsewhere. Learning a
 * model and saving it needs neither. */
static bool read_names(settings *target, const arguments *from) {
    bool elsewhere = target->lines[LINES_OBJECTS] || target->lines[LINES_EVENTS] || target->report;
    const bool learns = target->train && target->save_model && !elsewhere;
    const bool nowhere = from->name_count == 1 && text_equal(from->names[0], "null:");
    if (learns && (from->name_count == 0 || nowhere)) return true;
    if (from->name_count == 0) {
        message_error(NULL, "INPUT and OUTPUT are missing; see segment --help");
        return false;
    }
    if (from->name_count == 1 && !elsewhere && !target->save_model) {
        message_error(NULL,
                      "OUTPUT is missing (got one name, \"%s\"); it may be left out with "
                      "--report, --objects, --events or --save-model only",
                      from->names[0]);
        return false;
    }
    target->inputs = from->names;
    target->input_count = from->name_count > 1 ? from->name_count - 1 : 1;
    if (from->name_count > 1) target->output = from->names[from->name_count - 1];
    return true;
}

static bool check_standard_streams(const settings *from) {
    int in = 0, out = 0;
    for (int32_t i = 0; i < from->input_count; i++)
        in += text_equal(from->inputs[i], "-");
    const char *const outputs[] = {from->output, from->lines[LINES_OBJECTS],
                                   from->lines[LINES_EVENTS], from->report, from->save_model};
    for (int i = 0; i < 5; i++)
        out += outputs[i] && text_equal(outputs[i], "-");
    if (in > 1)
        message_error(NULL, "standard input (-) is named too often (got %d times, allowed once)",
                      in);
    if (out > 1)
        message_error(
            NULL,
            "standard output (-) is named too often (got %d times among OUTPUT, --objects, "
            "--events, --report and --save-model, allowed once)",
            out);
    return in <= 1 && out <= 1;
}

bool settings_read_options(settings *target, const arguments *from) {
    *target = (settings){.arguments = from};
    return read_method(target, from) && read_reader(target, from) && read_output(target, from) &&
           choose_table(target) && read_run(target, from);
}

bool settings_read(settings *target, const arguments *from) {
    return settings_read_options(target, from) && read_names(target, from) &&
           check_standard_streams(target);
}
