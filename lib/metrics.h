/* The registry's metrics, each defined in its own file under evaluate/. */
#ifndef SEG_METRICS_H
#define SEG_METRICS_H

#include <segment/evaluate.h>

extern const seg_metric seg_metric_masks;       /* evaluate/masks.c */
extern const seg_metric seg_metric_classes;     /* evaluate/classes.c */
extern const seg_metric seg_metric_instances;   /* evaluate/instances.c */
extern const seg_metric seg_metric_flow;        /* evaluate/flow.c */
extern const seg_metric seg_metric_scores;      /* evaluate/scores.c */
extern const seg_metric seg_metric_documents;   /* evaluate/documents.c */
extern const seg_metric seg_metric_change;      /* evaluate/change.c */
extern const seg_metric seg_metric_panoptic;    /* evaluate/panoptic.c */
extern const seg_metric seg_metric_regions;     /* evaluate/regions.c */
extern const seg_metric seg_metric_ucm;         /* evaluate/regions.c */
extern const seg_metric seg_metric_superpixels; /* evaluate/superpixels.c */
extern const seg_metric seg_metric_tracks;      /* evaluate/tracks.c */
extern const seg_metric seg_metric_video;       /* evaluate/video.c */
extern const seg_metric seg_metric_boundaries;  /* evaluate/boundaries.c */
extern const seg_metric seg_metric_surfaces;    /* evaluate/surfaces.c */

#endif
