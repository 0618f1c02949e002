#include "common/options.h"
#include "common/program.h"
#include "common/text.h"

/* Programs that have an option. */
#define SEGMENT PROGRAM_SEGMENT
#define EVAL PROGRAM_EVAL
#define FLOW PROGRAM_FLOW
#define AUGMENT PROGRAM_AUGMENT
#define EVERY UINT32_MAX

static const option_row rows[OPTION_COUNT] = {
    [OPTION_METHOD] = {"method", 0, OPTION_VALUE, GROUP_METHOD, "NAME", NULL, "method",
                       "What to do; --list names the methods. Default: otsu for pictures, "
                       "consensus for video.",
                       SEGMENT | EVAL | FLOW},
    [OPTION_CONFIG] = {"config", 0, OPTION_VALUE, GROUP_METHOD, "FILE", NULL, "file",
                       "Method, parameters and chains from a JSON file, such as a --report of an "
                       "earlier run. The command line goes before it.",
                       SEGMENT | EVAL},
    [OPTION_PIPELINE] = {"pipeline", 0, OPTION_VALUE, GROUP_METHOD, "TEXT", NULL, "method",
                         "What is done to each copy, in order: 'hflip(p=0.5), rotate(limit=15)', "
                         "or JSON that says it, or the name of a file of such; --list names the "
                         "augmentations.",
                         AUGMENT},
    [OPTION_COPIES] = {"copies", 0, OPTION_VALUE, GROUP_METHOD, "N", NULL, NULL,
                       "Copies of each picture, NAME_1 to NAME_N; default 1.", AUGMENT},
    [OPTION_ORIGINALS] = {"originals", 0, OPTION_FLAG, GROUP_METHOD, NULL, NULL, NULL,
                          "Also write each picture with its labels as it is, as NAME_0.", AUGMENT},
    [OPTION_BALANCE] = {"balance", 0, OPTION_VALUE, GROUP_METHOD, "class[:N]", NULL, NULL,
                        "More copies of what is rare: each class gets N outputs, by default as "
                        "many as the most frequent one has; a picture counts for the rarest class "
                        "in it.",
                        AUGMENT},
    [OPTION_REPLAY] = {"replay", 0, OPTION_VALUE, GROUP_METHOD, "FILE", NULL, "file",
                       "Write again what a --manifest lists, or those of its lines that FILE "
                       "holds; the pipeline and its rules come from there.",
                       AUGMENT},
    [OPTION_MARKERS] = {"markers", 0, OPTION_VALUE, GROUP_METHOD, "PICTURE", NULL, "file",
                        "Seeds for every frame: the value of a pixel is the label that starts "
                        "there, 0 is none.",
                        SEGMENT},
    [OPTION_IGNORE] = {"ignore", 0, OPTION_VALUE, GROUP_METHOD, "MASK", NULL, "file",
                       "Pixels that are not zero in this picture are left out of statistics and "
                       "results; filters and windows of others still see them.",
                       SEGMENT},
    [OPTION_KNOWN_FOREGROUND] = {"known-foreground", 0, OPTION_VALUE, GROUP_METHOD, "MASK", NULL,
                                 "file",
                                 "Pixels that are not zero in this picture are foreground in every "
                                 "frame and never learnt as background.",
                                 SEGMENT},
    [OPTION_ROI] = {"roi", 0, OPTION_VALUE, GROUP_METHOD, "X,Y,W,H", NULL, NULL,
                    "Work on this rectangle only; the rest of the result is empty.",
                    SEGMENT | EVAL},
    [OPTION_RNG_SEED] = {"rng-seed", 0, OPTION_VALUE, GROUP_METHOD, "N", NULL, NULL,
                         "Seed of methods that draw random numbers (consensus, subsense, pbas, "
                         "vibe, knn), 0 to 2^63-1; default 0. Give it again with --load-model.",
                         EVERY},
    [OPTION_LOAD_MODEL] = {"load-model", 0, OPTION_VALUE, GROUP_METHOD, "FILE", NULL, "file",
                           "Begin with the background model that --save-model wrote.", SEGMENT},
    [OPTION_SAVE_MODEL] = {"save-model", 0, OPTION_VALUE, GROUP_METHOD, "FILE", NULL, "file",
                           "Write the background model after the last frame.", SEGMENT},
    [OPTION_TRAIN] = {"train", 0, OPTION_VALUE, GROUP_METHOD, "CLIP", NULL, "file",
                      "Learn the background from this video, directory or pattern first; every "
                      "input begins with that model. --resize holds for it, too.",
                      SEGMENT},
    [OPTION_STABILIZE] = {"stabilize", 0, OPTION_VALUE, GROUP_METHOD, "MODEL",
                          "none|translation|similarity|affine|projective", NULL,
                          "Take the shaking of the camera out of what a method with memory sees; "
                          "results stay in the frames as they came. Default none.",
                          SEGMENT},
    [OPTION_VIEW] = {"view", 0, OPTION_VALUE, GROUP_METHOD, "WHICH", "first|follow", NULL,
                     "Where the model of --stabilize looks: first (default) = where the first "
                     "frame did, for cameras that shake; follow = along with a camera that "
                     "travels, for methods of family temporal: what leaves the view is forgotten.",
                     SEGMENT},
    [OPTION_PRE] = {"pre", 0, OPTION_VALUE, GROUP_METHOD, "CHAIN", NULL, "filter",
                    "Filters before the method, e.g. gaussian(1.4),median(3); gaussian=1.4 also "
                    "reads.",
                    SEGMENT | EVAL},
    [OPTION_POST] = {"post", 0, OPTION_VALUE, GROUP_METHOD, "CHAIN", NULL, "operation",
                     "Operations on the mask or labels, e.g. open(3),fill-holes,min-area(50).",
                     SEGMENT | EVAL},
    [OPTION_KEEP] = {"keep", 0, OPTION_VALUE, GROUP_METHOD, "EXPRESSION", NULL, NULL,
                     "Only objects that pass, e.g. 'area > 50 && circularity > 0.6'. Fields: id "
                     "area x y width height cx cy perimeter circularity extent aspect border "
                     "variance_x covariance variance_y major minor orientation eccentricity "
                     "convex_area solidity euler, of grey min mean max std, of colours min_red "
                     "... std_blue; with method motion mx my rx ry speed direction, and unless "
                     "--track or split numbers objects anew in_front_of behind.",
                     SEGMENT | EVAL},
    [OPTION_TRACK] = {"track", 0, OPTION_SWITCH, GROUP_METHOD, NULL, NULL, NULL,
                      "Follow objects from frame to frame: ids stay the same, and --objects has "
                      "their velocity and age. Implied by its parameters, which --help track "
                      "shows.",
                      SEGMENT},
    [OPTION_OBJECTS_CONNECTIVITY] = {"objects-connectivity", 0, OPTION_VALUE, GROUP_METHOD, "N",
                                     "4|8", NULL,
                                     "Neighbours that join the pixels of a mask to objects; "
                                     "default 8.",
                                     SEGMENT | EVAL},
    [OPTION_VARY] = {"vary", 0, OPTION_VALUE, GROUP_METHOD, "LIST", NULL, NULL,
                     "Parameters of the method to vary, with commas between them: NAME (a range "
                     "about its default), NAME=FROM:TO:COUNT, or NAME=VALUE|VALUE|...",
                     EVAL},
    [OPTION_TRUTH] = {"truth", 0, OPTION_VALUE, GROUP_METHOD, "TRUTH", NULL, "file",
                      "The truth of the pictures, paired by name.", SEGMENT | EVAL},
    [OPTION_METRIC] = {"metric", 0, OPTION_VALUE, GROUP_METHOD, "NAME", NULL, "metric",
                       "The metric whose --measure is to be best; default masks.", SEGMENT | EVAL},
    [OPTION_SEARCH] = {"search", 0, OPTION_VALUE, GROUP_METHOD, "HOW",
                       "grid|coordinate|nelder-mead", NULL,
                       "After the grid: nothing more, steps along one parameter after the other "
                       "(coordinate, default), or a simplex (nelder-mead, for numbers).",
                       EVAL},
    [OPTION_FOLDS] = {"folds", 0, OPTION_VALUE, GROUP_METHOD, "N", NULL, NULL,
                      "Parts for cross-validation: each is scored with what is best for the "
                      "others. Default 5, or as many as there are pictures; 0 is none.",
                      EVAL},
    [OPTION_SETTINGS] = {"output", 0, OPTION_VALUE, GROUP_METHOD, "FILE", NULL, "file",
                         "Write the best parameters as JSON that segment --config FILE reads.",
                         EVAL},
    [OPTION_TRY_ALL] =
        {"try-all", 0, OPTION_VALUE, GROUP_METRIC, "FAMILY", NULL, "family",
         "Every method of a family (threshold, region, edge, filter) on one picture, "
         "with its defaults: OUTPUT is a contact sheet that shows what each makes of "
         "it and the levels that it chose.",
         SEGMENT},
    [OPTION_MEASURE] = {"measure", 0, OPTION_VALUE, GROUP_METRIC, "NAME", NULL, "measure",
                        "The measure that counts for --compare, --worst and tune; the default is "
                        "the one that the metric is known for.",
                        SEGMENT | EVAL},
    [OPTION_NOT_SCORED] = {"ignore", 0, OPTION_VALUE, GROUP_METRIC, "MASKS", NULL, "file",
                           "Pixels that are not zero there are not scored: one mask for all "
                           "pictures, or a directory, pattern or glob, paired as TRUTH is.",
                           EVAL},
    [OPTION_PICTURES] = {"pictures", 0, OPTION_VALUE, GROUP_METRIC, "PICTURES", NULL, "file",
                         "The pictures that were segmented, paired as TRUTH is: some measures look "
                         "at them, and errors are drawn over them.",
                         EVAL},
    [OPTION_COMPARE] = {"compare", 0, OPTION_FLAG, GROUP_METRIC, NULL, NULL, NULL,
                        "Two predictions, A and B, against one truth: differences of each file, "
                        "with paired tests.",
                        EVAL},
    [OPTION_LEVELS] = {"levels", 0, OPTION_FLAG, GROUP_METRIC, NULL, NULL, NULL,
                       "PRED has several segmentations of each picture, from coarse to fine: "
                       "NAME_1.png, NAME_2.png, ... or all files of a directory NAME.",
                       EVAL},
    [OPTION_MOT] = {"mot", 0, OPTION_VALUE, GROUP_METRIC, "RULES",
                    "plain|mot16|mot20|kitti-car|kitti-pedestrian", NULL,
                    "Which rows of tracks count: all (plain, default), or by the classes of "
                    "MOT16 and MOT17, of MOT20, or of KITTI's score of cars or pedestrians.",
                    EVAL},
    [OPTION_SIZE] = {"size", 0, OPTION_VALUE, GROUP_METRIC, "WxH", NULL, NULL,
                     "Size of the pictures of which a file of annotations does not tell it.", EVAL},
    [OPTION_BOOTSTRAP] = {"bootstrap", 0, OPTION_NUMBER, GROUP_METRIC, "N", NULL, NULL,
                          "Confidence intervals from N samples of the files, drawn with "
                          "replacement; default 1000.",
                          EVAL},
    [OPTION_CONFIDENCE] = {"confidence", 0, OPTION_VALUE, GROUP_METRIC, "PERCENT", NULL, NULL,
                           "Share of the samples that an interval holds; default 95.", EVAL},
    [OPTION_LABELS] = {"labels", 0, OPTION_VALUE, GROUP_METRIC, "LABELS", NULL, "file",
                       "Labels of the pictures, which follow them: a file or a directory. Boxes, "
                       "rotated boxes, polygons, key points, masks and classes move, or the step "
                       "that cannot move them refuses.",
                       AUGMENT},
    [OPTION_LABEL_FORMAT] = {"label-format", 0, OPTION_VALUE, GROUP_METRIC, "NAME",
                             "coco|yolo|voc|masks|instances|classes", NULL,
                             "What LABELS are: a JSON file of COCO; a directory of texts of YOLO, "
                             "XML of Pascal VOC, pictures of classes (masks) or of objects' "
                             "numbers (instances); classes of whole pictures, a .csv or the "
                             "directory of the pictures, CLASS/NAME.jpg. Default: by what is "
                             "there.",
                             AUGMENT},
    [OPTION_LABEL_OPTIONS] = {"label-options", 0, OPTION_VALUE, GROUP_METRIC, "LIST", NULL, NULL,
                              "How formats are meant, with commas between: points=17, "
                              "point-numbers=2, oriented (YOLO), origin=0 (VOC), divisor=1000 "
                              "(instances), classes=FILE, and kinds=boxes+points, which alone are "
                              "taken then.",
                              AUGMENT},
    [OPTION_CLIPS] =
        {"clips", 0, OPTION_FLAG, GROUP_METRIC, NULL, NULL, NULL,
         "The pictures of a directory are the frames of a clip: all of them, and what "
         "is known of each, are drawn alike; they should be of one size. Copy N of the "
         "clip is all its NAME_N.",
         AUGMENT},
    [OPTION_SALIENCY] =
        {"saliency", 0, OPTION_VALUE, GROUP_METRIC, "DIRECTORY", NULL, "directory",
         "Pictures of what matters in those of the same names, light where it does: "
         "what keep-cutout spares and keep-cutmix takes. Without them they go by "
         "the pixels.",
         AUGMENT},
    [OPTION_OUTPUT_LABELS] = {"output-labels", 0, OPTION_VALUE, GROUP_METRIC, "LABELS", NULL,
                              "file", "Where the labels of the copies go.", AUGMENT},
    [OPTION_OUTPUT_LABEL_FORMAT] = {"output-label-format", 0, OPTION_VALUE, GROUP_METRIC, "NAME",
                                    "coco|yolo|voc|masks|instances|classes", NULL,
                                    "What they become; default: by the name (.json, .csv), else "
                                    "what they were.",
                                    AUGMENT},
    [OPTION_BOXES_FROM] = {"boxes-from", 0, OPTION_VALUE, GROUP_METRIC, "WHAT",
                           "auto|mask|polygon|ellipse|corners", NULL,
                           "What boxes are made of anew: the object's mask, else its polygons, "
                           "else the ellipse in its box (auto, default); polygons first; that "
                           "ellipse; or the moved corners, which are never too small.",
                           AUGMENT},
    [OPTION_MIN_VISIBILITY] = {"min-visibility", 0, OPTION_VALUE, GROUP_METRIC, "SHARE", NULL, NULL,
                               "Drop objects of which a smaller share is left, 0 to 1; default 0.",
                               AUGMENT},
    [OPTION_MIN_AREA] = {"min-area", 0, OPTION_VALUE, GROUP_METRIC, "PIXELS", NULL, NULL,
                         "Drop objects of which fewer pixels are left; default 1.", AUGMENT},
    [OPTION_IGNORED_CLASS] = {"ignore", 0, OPTION_VALUE, GROUP_METRIC, "CLASS", NULL, NULL,
                              "Class of the pixels of masks that come from outside the picture; "
                              "default 255.",
                              AUGMENT},
    [OPTION_SEQUENCE] = {"sequence", 0, OPTION_OPTIONAL, GROUP_INPUT, "FPS", NULL, NULL,
                         "A directory is one sequence of frames, in natural order of the names. "
                         "Methods that need video imply it for a directory of pictures.",
                         SEGMENT},
    [OPTION_FPS] = {"fps", 0, OPTION_VALUE, GROUP_INPUT, "RATE", NULL, NULL,
                    "Frames per second of sequences and raw video, e.g. 30 or 30000/1001; default "
                    "25.",
                    SEGMENT | FLOW},
    [OPTION_START] = {"start", 0, OPTION_VALUE, GROUP_INPUT, "TIME", NULL, NULL,
                      "Begin there: 90, 1:30, 00:01:30.5, 8s or 500ms.", SEGMENT | FLOW},
    [OPTION_DURATION] = {"duration", 0, OPTION_VALUE, GROUP_INPUT, "TIME", NULL, NULL,
                         "Stop after this time.", SEGMENT | FLOW},
    [OPTION_LIMIT] = {"limit", 0, OPTION_VALUE, GROUP_INPUT, "N", NULL, NULL,
                      "Stop after N frames.", SEGMENT | FLOW},
    [OPTION_STEP] = {"step", 0, OPTION_VALUE, GROUP_INPUT, "N", NULL, NULL,
                     "Take every N-th frame.", SEGMENT | FLOW},
    [OPTION_RESIZE] =
        {"resize", 0, OPTION_VALUE, GROUP_INPUT, "SIZE", NULL, NULL,
         "Bring frames to this size first, WxH or 50%; results, --roi and objects refer to it.",
         SEGMENT | FLOW | AUGMENT},
    [OPTION_ON_RESIZE] = {"on-resize", 0, OPTION_VALUE, GROUP_INPUT, "WHAT", "scale|restart|fail",
                          NULL,
                          "When a video changes its size: scale to the first size (default), "
                          "restart the method, or fail.",
                          SEGMENT | FLOW},
    [OPTION_AUTOROTATE] = {"autorotate", 0, OPTION_SWITCH, GROUP_INPUT, NULL, NULL, NULL,
                           "Turn pictures and video the way they are meant to be seen; on by "
                           "default.",
                           SEGMENT | FLOW | AUGMENT},
    [OPTION_CHANNELS] = {"channels", 0, OPTION_VALUE, GROUP_INPUT, "N", "1|2|3|4", NULL,
                         "Bring pictures to this number of channels first: 1 is grey, 3 is RGB, 2 "
                         "and 4 have alpha, too. Default: as they are; 3 with --online.",
                         AUGMENT},
    [OPTION_INPUT_FORMAT] = {"input-format", 0, OPTION_VALUE, GROUP_INPUT, "NAME", NULL, NULL,
                             "Take the input for this format (y4m, nut, png, mjpeg, ...) instead "
                             "of looking at its content.",
                             SEGMENT | FLOW},
    [OPTION_RAW_SIZE] = {"raw-size", 0, OPTION_VALUE, GROUP_INPUT, "WxH", NULL, NULL,
                         "The input is raw video of this size.", SEGMENT | FLOW},
    [OPTION_RAW_FORMAT] = {"raw-format", 0, OPTION_VALUE, GROUP_INPUT, "NAME", NULL, NULL,
                           "Pixel format of raw video: gray, rgb24, yuv420p, ...; default gray.",
                           SEGMENT | FLOW},
    [OPTION_MAX_PIXELS] = {"max-pixels", 0, OPTION_VALUE, GROUP_INPUT, "N", NULL, NULL,
                           "Refuse larger pictures; 64M is 64 * 2^20. Default 256M.", EVERY},
    [OPTION_RENDER] = {"render", 0, OPTION_VALUE, GROUP_OUTPUT, "KIND",
                       "mask|labels|colors|overlay|contours|cutout|score|background|picture|tracks",
                       NULL,
                       "What OUTPUT shows: mask, labels, colors, overlay, contours, cutout, score, "
                       "background, picture or tracks (boxes, ids, trails). Default: the method's "
                       "first kind of output; "
                       "contours for .svg, or curves where the method gives them.",
                       SEGMENT | EVAL},
    [OPTION_FLOW_RENDER] =
        {"render", 0, OPTION_VALUE, GROUP_OUTPUT, "KIND",
         "flow|kitti|color|hsv|arrows|magnitude|warped|residual|occlusion|confidence", NULL,
         "What OUTPUT shows: the field itself (flow, kitti), colours of Middlebury's wheel "
         "(color), "
         "hue and value (hsv), arrows on the frame, the speed (magnitude, 16 bits, full scale = "
         "--max-flow), the second frame brought back (warped), or what that leaves (residual); of "
         "the check of both ways, which these two imply (--consistency), where it fails "
         "(occlusion) and how well it is passed (confidence, 0 to 1 as floats, else full scale of "
         "16 bits; 1/2 is the bound). Default: by the name or --format of OUTPUT.",
         FLOW},
    [OPTION_MAX_FLOW] = {"max-flow", 0, OPTION_VALUE, GROUP_OUTPUT, "SPEED", NULL, NULL,
                         "The speed that has full colour, in the unit of --unit; default: by the "
                         "first field that moves.",
                         FLOW},
    [OPTION_LEGEND] = {"legend", 0, OPTION_FLAG, GROUP_OUTPUT, NULL, NULL, NULL,
                       "Draw a wheel into the corner that says what the colours mean.", FLOW},
    [OPTION_UNIT] = {"unit", 0, OPTION_VALUE, GROUP_OUTPUT, "UNIT", "px/frame|px/s", NULL,
                     "Unit of fields, colours and numbers; default px/frame. px/s goes by the time "
                     "stamps of the frames.",
                     FLOW},
    [OPTION_CHECK] = {"check", 0, OPTION_FLAG, GROUP_OUTPUT, NULL, NULL, NULL,
                      "Bring the second frame back along the flow; --stats then has its difference "
                      "from the first, without (difference) and with the flow (residual).",
                      FLOW},
    [OPTION_POINTS] =
        {"points", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE|auto", NULL, "file",
         "Follow single points through the frames, by Lucas and Kanade's method with a "
         "check by tracking back, in place of fields: places of a file, x,y on a line "
         "each, or up to 500 corners of the first frame (auto). OUTPUT is CSV or JSON "
         "Lines, a row for each frame and point; those that are lost end.",
         FLOW},
    [OPTION_STATISTICS] = {"stats", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                           "Write numbers of each field as JSON Lines, - is standard output: mean "
                           "motion, mean, median, 95 % and largest speed, the share that moves by "
                           "half a pixel per frame or more, whatever --unit says.",
                           FLOW},
    [OPTION_OBJECTS] = {"objects", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                        "Write a JSON line for each object of each frame, or a table to FILE.csv; "
                        "- is standard output.",
                        SEGMENT},
    [OPTION_OBJECTS_SHAPE] = {"objects-shape", 0, OPTION_VALUE, GROUP_OUTPUT, "KIND",
                              "none|polygon|rle|table", NULL,
                              "Shape in the --objects lines: none (default), polygon (outlines "
                              "along the pixels' edges) or rle (COCO run lengths; in CSV as "
                              "COCO's text); table: CSV without shapes.",
                              SEGMENT},
    [OPTION_SIMPLIFY] = {"simplify", 0, OPTION_VALUE, GROUP_OUTPUT, "PX", NULL, NULL,
                         "Leave out corners of polygons and of SVG outlines that move them by no "
                         "more than so many pixels (Douglas and Peucker; default 0: none).",
                         SEGMENT},
    [OPTION_EVENTS] = {"events", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                       "Write a JSON line for each object that came and went: when, where and how "
                       "large it was at its largest, and beside FILE a small picture of that, "
                       "FILE's name with the id behind it. Implies --track.",
                       SEGMENT},
    [OPTION_REPORT] = {"report", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                       "Write a JSON line for each input: method, parameters, decisions, frames, "
                       "times, warnings; - is standard output.",
                       SEGMENT | AUGMENT | FLOW},
    [OPTION_MANIFEST] = {"manifest", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                         "Write a JSON line for each copy with all that was drawn, after one with "
                         "the pipeline and its rules; --replay reads it; - is standard output.",
                         AUGMENT},
    [OPTION_PREVIEW] = {"preview", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                        "Write nothing but one sheet of the first pictures, each beside its "
                        "copies, with their labels drawn. There is no OUTPUT then.",
                        AUGMENT},
    [OPTION_ONLINE] = {"online", 0, OPTION_FLAG, GROUP_OUTPUT, NULL, NULL, NULL,
                       "Write batches for a trainer to standard output instead of files: --format "
                       "npy (an array for each batch, N x height x width x channels; with classes "
                       "another one of their shares), webdataset (a tar of pictures and JSON) or "
                       "raw (samples alone). There is no OUTPUT then.",
                       AUGMENT},
    [OPTION_EPOCHS] = {"epochs", 0, OPTION_VALUE, GROUP_OUTPUT, "N", NULL, NULL,
                       "With --online: passes over the set, each drawn anew; default 1.", AUGMENT},
    [OPTION_BATCH] = {"batch", 0, OPTION_VALUE, GROUP_OUTPUT, "N", NULL, NULL,
                      "With --online: pictures in a batch; default 32. The last one of an epoch "
                      "may have fewer.",
                      AUGMENT},
    [OPTION_SHUFFLE] = {"shuffle", 0, OPTION_SWITCH, GROUP_OUTPUT, NULL, NULL, NULL,
                        "With --online: another order in each epoch, drawn from --rng-seed; on by "
                        "default.",
                        AUGMENT},
    [OPTION_FORMAT] = {"format", 0, OPTION_VALUE, GROUP_OUTPUT, "NAME", NULL,
                       "png|jpeg|pam|pnm|pfm|npy|svg|csv|y4m|nut|rawvideo|matroska|mp4",
                       "Format of OUTPUT instead of the one that its name calls for: png, jpeg, "
                       "pam, pfm, npy, svg, csv, y4m, nut, rawvideo, matroska, ...",
                       SEGMENT | FLOW | AUGMENT},
    [OPTION_CODEC] = {"codec", 0, OPTION_VALUE, GROUP_OUTPUT, "NAME", NULL,
                      "ffv1|libx264|libx265|libvpx-vp9|libsvtav1|mpeg4|mjpeg",
                      "Video encoder of FFmpeg; default ffv1 for masks and data, a common one for "
                      "overlays.",
                      SEGMENT | FLOW | AUGMENT},
    [OPTION_BITRATE] = {"bitrate", 0, OPTION_VALUE, GROUP_OUTPUT, "RATE", NULL, NULL,
                        "Bits per second of lossy video: 800k, 2M.", SEGMENT | FLOW | AUGMENT},
    [OPTION_MAX_OUTPUT] =
        {"max-output", 0, OPTION_VALUE, GROUP_OUTPUT, "SIZE", NULL, NULL,
         "Stop once all files of the run have so many bytes (500M, 10G; 1G is 2^30) and what the "
         "last frames need: they are ended well, the exit status is 4. How many frames are on "
         "their way by then depends on the threads.",
         SEGMENT},
    [OPTION_QUALITY] = {"quality", 0, OPTION_VALUE, GROUP_OUTPUT, "N", NULL, NULL,
                        "Quality of JPEG pictures, 1 to 100; default 92.", SEGMENT | AUGMENT},
    [OPTION_COMPRESSION] = {"compression", 0, OPTION_VALUE, GROUP_OUTPUT, "N", NULL, NULL,
                            "Effort of PNG pictures, 0 to 9; default 3.", SEGMENT | FLOW | AUGMENT},
    [OPTION_AUDIO] = {"audio", 0, OPTION_VALUE, GROUP_OUTPUT, "WHAT", "none|copy", NULL,
                      "Sound of the input in a video OUTPUT: none (default) or copy.", SEGMENT},
    [OPTION_PER_FILE] = {"per-file", 0, OPTION_FLAG, GROUP_OUTPUT, NULL, NULL, NULL,
                         "Print a line for each file, too.", EVAL},
    [OPTION_PER_FRAME] = {"per-frame", 0, OPTION_FLAG, GROUP_OUTPUT, NULL, NULL, NULL,
                          "Each frame of a video counts as a file of its own.", EVAL},
    [OPTION_TABLE] = {"table", 0, OPTION_VALUE, GROUP_OUTPUT, "NAME", NULL, NULL,
                      "Print a table of the metric, too, such as per-class; --help METRIC names "
                      "them.",
                      EVAL},
    [OPTION_SCORES_JSON] = {"json", 0, OPTION_FLAG, GROUP_OUTPUT, NULL, NULL, NULL,
                            "Print one JSON document instead of a table; with --list, the metrics "
                            "as data.",
                            EVAL},
    [OPTION_CSV] = {"csv", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                    "Write a line for each file, and for the whole; - is standard output.", EVAL},
    [OPTION_WORST] = {"worst", 0, OPTION_NUMBER, GROUP_OUTPUT, "N", NULL, NULL,
                      "List the N files with the worst --measure; with --compare, those that B "
                      "made worse than A. Default 20.",
                      EVAL},
    [OPTION_SHEET] = {"sheet", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                      "Write a contact sheet with pictures of the errors of the worst files.",
                      EVAL},
    [OPTION_PLOT] = {"plot", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                     "Write the metric's curves as .svg or .png: all of them, or the one that the "
                     "file is named after, such as roc.svg.",
                     EVAL},
    [OPTION_HTML] = {"html", 0, OPTION_VALUE, GROUP_OUTPUT, "FILE", NULL, "file",
                     "Write one page that holds everything: tables, plots, the worst pictures.",
                     EVAL},
    [OPTION_OVERWRITE] = {"overwrite", 'y', OPTION_FLAG, GROUP_OUTPUT, NULL, NULL, NULL,
                          "Replace existing files.", EVERY},
    [OPTION_THREADS] = {"threads", 0, OPTION_VALUE, GROUP_RUN, "N", NULL, NULL,
                        "Threads to use; 0 (default) is one per processor. Results never depend on "
                        "it.",
                        EVERY},
    [OPTION_JOBS] = {"jobs", 0, OPTION_VALUE, GROUP_RUN, "N", NULL, NULL,
                     "Inputs worked on at once; they share the threads. Default 1, 0 is one per "
                     "processor.",
                     SEGMENT | AUGMENT},
    [OPTION_CACHE] = {"cache", 0, OPTION_VALUE, GROUP_RUN, "BYTES", NULL, NULL,
                      "Memory for decoded pictures that are used again, by mixing or in another "
                      "epoch: 512M (default), 4G, 0.",
                      AUGMENT},
    [OPTION_SHARD] = {"shard", 0, OPTION_VALUE, GROUP_RUN, "PART/PARTS", NULL, NULL,
                      "Work on this part of the inputs only, e.g. 3/8. Parts are runs of inputs "
                      "in their order: what all parts write to --objects, --events and --report, "
                      "put one behind the other, is what one run would write.",
                      SEGMENT | AUGMENT},
    [OPTION_RESUME] = {"resume", 0, OPTION_FLAG, GROUP_RUN, NULL, NULL, NULL,
                       "Skip inputs that a journal beside OUTPUT says are done: same file, "
                       "parameters and version.",
                       SEGMENT | AUGMENT},
    [OPTION_KEEP_GOING] = {"keep-going", 0, OPTION_FLAG, GROUP_RUN, NULL, NULL, NULL,
                           "Go on with the next input after a failure; exit 3 if some failed.",
                           EVERY},
    [OPTION_DRY_RUN] = {"dry-run", 0, OPTION_FLAG, GROUP_RUN, NULL, NULL, NULL,
                        "Print what would be read, run and written, with an estimate of the "
                        "memory, and stop.",
                        SEGMENT | AUGMENT},
    [OPTION_PROGRESS] = {"progress", 0, OPTION_VALUE, GROUP_RUN, "HOW", "auto|plain|json|none",
                         NULL,
                         "On standard error: a bar on a terminal and nothing elsewhere (auto, "
                         "default), lines (plain), JSON lines (json), or none.",
                         EVERY},
    [OPTION_QUIET] = {"quiet", 'q', OPTION_FLAG, GROUP_RUN, NULL, NULL, NULL,
                      "Errors only: no warnings, no progress.", EVERY},
    [OPTION_VERBOSE] = {"verbose", 'v', OPTION_FLAG, GROUP_RUN, NULL, NULL, NULL,
                        "Also say what is being done.", EVERY},
    [OPTION_LIST] = {"list", 0, OPTION_FLAG, GROUP_INFORMATION, NULL, NULL, NULL,
                     "List the methods and operations; with --json as data.", EVERY},
    [OPTION_JSON] = {"json", 0, OPTION_FLAG, GROUP_INFORMATION, NULL, NULL, NULL,
                     "With --list: JSON.", SEGMENT | FLOW | AUGMENT},
    [OPTION_HELP] = {"help", 'h', OPTION_OPTIONAL, GROUP_INFORMATION, "NAME", NULL, "method",
                     "This help, or that of a method, operation, parameter or option.", EVERY},
    [OPTION_VERSION] = {"version", 0, OPTION_FLAG, GROUP_INFORMATION, NULL, NULL, NULL,
                        "Versions of the program and the libraries it uses.", EVERY},
    [OPTION_MAN] = {"man", 0, OPTION_FLAG, GROUP_HIDDEN, NULL, NULL, NULL, "Print the manual page.",
                    EVERY},
    [OPTION_COMPLETION] = {"completion", 0, OPTION_VALUE, GROUP_HIDDEN, "SHELL", "bash", NULL,
                           "Print the completion for a shell.", EVERY},
};

const option_row *option_get(option_id id) {
    return &rows[id];
}

option_id option_find(const char *name, uint32_t bit) {
    int id = 0;
    while (id < OPTION_COUNT && !(rows[id].programs & bit && text_name_equal(rows[id].name, name)))
        id++;
    return (option_id)id;
}

option_id option_find_letter(char letter, uint32_t bit) {
    int id = 0;
    while (id < OPTION_COUNT && !(rows[id].programs & bit && rows[id].letter == letter))
        id++;
    return (option_id)id;
}
