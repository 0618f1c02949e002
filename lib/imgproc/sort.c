/* Radix sort from the lowest byte up; bytes that are the same in all keys are skipped. */
#include "imgproc/sort.h"

#include <string.h>

static void insert(seg_keyed *items, size_t count) {
    for (size_t i = 1; i < count; i++) {
        const seg_keyed item = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1].key > item.key; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

void seg_sort(seg_keyed *items, seg_keyed *spare, size_t count) {
    if (count < 32) {
        insert(items, count);
        return;
    }
    uint64_t differ = 0;
    for (size_t i = 1; i < count; i++)
        differ |= items[i].key ^ items[0].key;
    seg_keyed *from = items, *to = spare;
    for (int shift = 0; shift < 64; shift += 8) {
        size_t places[256] = {0}, next = 0;
        if (!(differ >> shift & 255)) continue;
        for (size_t i = 0; i < count; i++)
            places[from[i].key >> shift & 255]++;
        for (int byte = 0; byte < 256; byte++) {
            const size_t here = places[byte];
            places[byte] = next;
            next += here;
        }
        for (size_t i = 0; i < count; i++)
            to[places[from[i].key >> shift & 255]++] = from[i];
        seg_keyed *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) memcpy(items, from, count * sizeof *items);
}

/* Hoare's selection. */
float seg_select_rank(float *values, int32_t count, int32_t rank) {
    int32_t low = 0, high = count - 1;
    while (low < high) {
        const float pivot = values[low + (high - low) / 2];
        int32_t i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i > j) break;
            const float swap = values[i];
            values[i++] = values[j];
            values[j--] = swap;
        }
        if (rank <= j)
            high = j;
        else if (rank >= i)
            low = i;
        else
            break;
    }
    return values[rank];
}
