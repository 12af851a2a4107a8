// See place-allocator.h.
#include "memory/place-allocator.h"

#include <iterator>

namespace memory {

namespace {

uint64_t roundUp(uint64_t bytes) {
  if (bytes == 0) return kPlaceUnitBytes;
  return (bytes + kPlaceUnitBytes - 1) / kPlaceUnitBytes * kPlaceUnitBytes;
}

}  // namespace

PlaceAllocator::PlaceAllocator(uint64_t begin, uint64_t end) {
  free_.emplace(begin, end - begin);
  freeBytes_ = end - begin;
}

Place PlaceAllocator::allocate(uint64_t bytes) {
  const uint64_t capacity = roundUp(bytes);
  for (auto range = free_.begin(); range != free_.end(); ++range) {
    if (range->second < capacity) continue;
    const uint64_t offset = range->first;
    const uint64_t rest = range->second - capacity;
    const auto after = free_.erase(range);
    if (rest > 0) free_.emplace_hint(after, offset + capacity, rest);
    freeBytes_ -= capacity;
    return {offset, capacity};
  }
  return {};
}

bool PlaceAllocator::extend(Place& place, uint64_t bytes) {
  const uint64_t capacity = roundUp(bytes);
  if (capacity <= place.capacity) return true;
  const uint64_t more = capacity - place.capacity;
  const auto range = free_.find(place.offset + place.capacity);
  if (range == free_.end() || range->second < more) return false;
  const uint64_t rest = range->second - more;
  const auto after = free_.erase(range);
  if (rest > 0) free_.emplace_hint(after, place.offset + capacity, rest);
  freeBytes_ -= more;
  place.capacity = capacity;
  return true;
}

void PlaceAllocator::shrink(Place& place, uint64_t bytes) {
  const uint64_t capacity = roundUp(bytes);
  if (capacity >= place.capacity) return;
  free({place.offset + capacity, place.capacity - capacity});
  place.capacity = capacity;
}

void PlaceAllocator::free(const Place& place) {
  if (!place.exists()) return;
  uint64_t offset = place.offset;
  uint64_t length = place.capacity;
  freeBytes_ += length;
  auto next = free_.lower_bound(offset);
  if (next != free_.end() && next->first == offset + length) {
    length += next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    const auto previous = std::prev(next);
    if (previous->first + previous->second == offset) {
      previous->second += length;
      return;
    }
  }
  free_.emplace_hint(next, offset, length);
}

}  // namespace memory
