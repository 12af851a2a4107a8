// See mapping.h.
#include "memory/mapping.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace memory {

namespace {

/** MADV_POPULATE_WRITE, which older headers do not have; Linux 5.14 and later know it. */
constexpr int kPopulateWrite = 23;

}  // namespace

void* reserve(size_t bytes) {
  void* range = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return range == MAP_FAILED ? nullptr : range;
}

void release(void* range, size_t bytes) {
  if (range) munmap(range, bytes);
}

size_t discard(void* start, size_t bytes) {
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t from = (reinterpret_cast<uintptr_t>(start) + page - 1) / page * page;
  const uintptr_t to = (reinterpret_cast<uintptr_t>(start) + bytes) / page * page;
  if (from >= to) return 0;
  if (madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED) != 0) return 0;
  return to - from;
}

bool preferHuge(void* start, size_t bytes) {
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t from = (reinterpret_cast<uintptr_t>(start) + page - 1) / page * page;
  const uintptr_t to = (reinterpret_cast<uintptr_t>(start) + bytes) / page * page;
  return from < to && madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE) == 0;
}

bool populate(void* start, size_t bytes) {
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t from = (reinterpret_cast<uintptr_t>(start) + page - 1) / page * page;
  const uintptr_t to = (reinterpret_cast<uintptr_t>(start) + bytes) / page * page;
  return from < to && madvise(reinterpret_cast<void*>(from), to - from, kPopulateWrite) == 0;
}

}  // namespace memory
