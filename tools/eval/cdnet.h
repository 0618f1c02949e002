/* Data sets laid out as changedetection.net has them. */
#ifndef TOOLS_EVAL_CDNET_H
#define TOOLS_EVAL_CDNET_H

#include "eval/units.h"

/** True if a directory is such a data set: one video, or videos in directories of their
 *  categories. A video has groundtruth/gt000001.png, ..., temporalROI.txt and ROI.bmp. */
bool cdnet_is_dataset(const char *path);

/** Pairs results (directories of masks with numbered names, or videos, in the same tree) with the
 *  truth, frame by frame within the temporal region of interest. A video is a unit, its category
 *  the group. */
void cdnet_find(unit_list *target, const choices *from);

#endif
