// Hands out places in one address range: the requests too big for the turn's region each get one.
// It decides about addresses only; whoever frees a place gives its pages back to the system.
//
// What always holds: places do not overlap, free ranges are never adjacent (they are merged), and
// offsets and capacities are multiples of kPlaceUnitBytes. First fit from the low end, so that a
// load of moderately big requests keeps using the same few resident pages.
// Costs: O(free ranges) to allocate, O(log free ranges) to free.
#ifndef REDIS_CORE_MEMORY_PLACE_ALLOCATOR_H_
#define REDIS_CORE_MEMORY_PLACE_ALLOCATOR_H_

#include <cstddef>
#include <cstdint>
#include <map>

namespace memory {

constexpr uint64_t kPlaceUnitBytes = 4096;

struct Place {
  uint64_t offset = 0;
  /** 0 means that there is no place. */
  uint64_t capacity = 0;

  bool exists() const { return capacity != 0; }
};

class PlaceAllocator {
 public:
  PlaceAllocator(uint64_t begin, uint64_t end);

  /** A place of at least `bytes`; none exists in the result when no free range is long enough. */
  Place allocate(uint64_t bytes);
  /** Lets the place grow where it is to at least `bytes`; false when what follows is taken. */
  bool extend(Place& place, uint64_t bytes);
  /** Cuts the place down to `bytes`, at least one unit. */
  void shrink(Place& place, uint64_t bytes);
  void free(const Place& place);

  uint64_t freeBytes() const { return freeBytes_; }
  size_t freeRanges() const { return free_.size(); }

 private:
  std::map<uint64_t, uint64_t> free_;
  uint64_t freeBytes_ = 0;
};

}  // namespace memory

#endif  // REDIS_CORE_MEMORY_PLACE_ALLOCATOR_H_
