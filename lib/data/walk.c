/* Two data sets side by side. */
#include <segment/data.h>

#include <string.h>

static const seg_dataset_picture *at(const seg_dataset *data, int32_t i) {
    return data && i < data->picture_count ? &data->pictures[i] : NULL;
}

static int compare(const seg_dataset_picture *a, const seg_dataset_picture *b) {
    if (!a || !b) return a ? -1 : 1; /* the one that is there comes first */
    const int order = strcmp(a->sequence, b->sequence);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

bool seg_dataset_next(seg_dataset_walk *walk, seg_pair *pair) {
    const seg_dataset_picture *predicted = at(walk->predicted, walk->next_predicted);
    const seg_dataset_picture *expected = at(walk->expected, walk->next_expected);
    *pair = (seg_pair){0};
    if (!predicted && !expected) return false;
    const int order = compare(predicted, expected);
    walk->predicted_picture = order <= 0 ? predicted : NULL;
    walk->expected_picture = order >= 0 ? expected : NULL;
    if (walk->predicted_picture) {
        walk->next_predicted++;
        pair->predicted = walk->predicted->instances + predicted->first;
        pair->predicted_count = predicted->count;
        pair->width = predicted->width;
        pair->height = predicted->height;
    }
    if (walk->expected_picture) {
        walk->next_expected++;
        pair->expected = walk->expected->instances + expected->first;
        pair->expected_count = expected->count;
        if (expected->width) pair->width = expected->width;
        if (expected->height) pair->height = expected->height;
    }
    return true;
}
