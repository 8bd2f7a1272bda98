#pragma once

#include <malloc.h>

namespace hobnob {

/// For programs that move much, before they start a thread: batches of frames come and go by the
/// megabyte, and without this the allocator gives their pages back to the kernel after each and
/// takes fresh, zeroed ones for the next. The page faults were a fifth of the time of a receiver of
/// files, and showed in a loaded relay. Up to `bytes` stay with the process.
inline void keep_freed_pages(int bytes = 16 * 1024 * 1024) noexcept {
  mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
  mallopt(M_TRIM_THRESHOLD, bytes);
}

}  // namespace hobnob
