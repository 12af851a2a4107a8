// Address ranges from the system that cost memory only where they are touched.
#ifndef REDIS_CORE_MEMORY_MAPPING_H_
#define REDIS_CORE_MEMORY_MAPPING_H_

#include <cstddef>

namespace memory {

/** A zeroed private range of `bytes`, or null when the system refuses (errno says why). */
void* reserve(size_t bytes);

/** Gives a range of `reserve` back whole. */
void release(void* range, size_t bytes);

/**
 * Gives the whole pages inside [start, start + bytes) back; they read as zero afterwards. Returns
 * the bytes given back, 0 when there is no whole page or the system refuses.
 */
size_t discard(void* start, size_t bytes);

/** Asks for huge pages behind [start, start + bytes); false when the system knows none. */
bool preferHuge(void* start, size_t bytes);

/**
 * Has the system put memory behind the whole pages inside [start, start + bytes) now, with what they
 * hold unchanged, so that nobody waits for it later; from any thread. False when it cannot.
 */
bool populate(void* start, size_t bytes);

}  // namespace memory

#endif  // REDIS_CORE_MEMORY_MAPPING_H_
