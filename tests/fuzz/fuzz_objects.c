/* Any bytes as JSON Lines of objects. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_dataset(bytes, size, SEG_DATASET_OBJECTS, "tracks");
    return 0;
}
