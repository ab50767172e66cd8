#include "app/keep_freed_memory.h"

#if defined(__GLIBC__)
#include <climits>

#include <malloc.h>
#endif

namespace tessera {

// glibc gives every large tensor back to the kernel and faults it in again: measured, half of the
// VAE's time on a CPU. Kept blocks and wide steps of the heap end that; one arena, because tensors
// live in the worker's thread and would otherwise get an arena of mapped pieces.
void keepFreedMemory() {
#if defined(__GLIBC__)
    constexpr int kTopPadBytes = 512 << 20;
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, kTopPadBytes);
    mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace tessera
