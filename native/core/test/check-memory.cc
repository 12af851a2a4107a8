// Random operations on the place allocator and the output queue against plain models.
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "memory/place-allocator.h"
#include "reactor/output-queue.h"
#include "test/random-source.h"

namespace {

constexpr uint64_t kBegin = 0x10000;
constexpr uint64_t kEnd = kBegin + 256 * memory::kPlaceUnitBytes;

void checkPlaces(const std::vector<memory::Place>& places, const memory::PlaceAllocator& allocator,
                 uint64_t seed) {
  std::map<uint64_t, uint64_t> taken;
  uint64_t bytes = 0;
  for (const memory::Place& place : places) {
    CHECK(place.capacity % memory::kPlaceUnitBytes == 0, seed);
    CHECK(taken.emplace(place.offset, place.capacity).second, seed);
    bytes += place.capacity;
  }
  CHECK(allocator.freeBytes() == kEnd - kBegin - bytes, seed);
  uint64_t at = kBegin;
  size_t gaps = 0;
  for (const auto& [offset, capacity] : taken) {
    CHECK(offset >= at, seed);
    gaps += offset > at;
    at = offset + capacity;
  }
  CHECK(at <= kEnd, seed);
  gaps += at < kEnd;
  CHECK(allocator.freeRanges() == gaps, seed);
}

void runPlaces(uint64_t seed) {
  test::RandomSource random(seed);
  memory::PlaceAllocator allocator(kBegin, kEnd);
  std::vector<memory::Place> places;
  for (int step = 0; step < 300; step++) {
    const uint64_t bytes = random.between(1, 40 * memory::kPlaceUnitBytes);
    const uint32_t which = places.empty() ? 0 : random.below(static_cast<uint32_t>(places.size()));
    const uint32_t choice = random.below(10);
    if (choice < 5 || places.empty()) {
      const memory::Place place = allocator.allocate(bytes);
      if (place.exists()) {
        CHECK(place.capacity >= bytes, seed);
        places.push_back(place);
      }
    } else if (choice < 7) {
      allocator.free(places[which]);
      places.erase(places.begin() + which);
    } else if (choice < 9) {
      if (allocator.extend(places[which], bytes)) CHECK(places[which].capacity >= bytes, seed);
    } else {
      allocator.shrink(places[which], bytes);
    }
    checkPlaces(places, allocator, seed);
  }
  for (const memory::Place& place : places) allocator.free(place);
  checkPlaces({}, allocator, seed);
}

void runQueue(uint64_t seed) {
  test::RandomSource random(seed);
  reactor::OutputQueue queue;
  std::string model;
  for (int step = 0; step < 200; step++) {
    if (random.chance(50)) {
      std::string bytes(random.below(random.chance(5) ? 3000000 : 3000), 'a');
      for (char& byte : bytes) byte = static_cast<char>('a' + (step + (&byte - &bytes[0])) % 26);
      CHECK(queue.append(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()), seed);
      model += bytes;
    } else {
      iovec vectors[4];
      const int count = queue.gather(vectors, 4);
      size_t seen = 0;
      for (int i = 0; i < count; i++) {
        CHECK(std::memcmp(vectors[i].iov_base, model.data() + seen, vectors[i].iov_len) == 0, seed);
        seen += vectors[i].iov_len;
      }
      CHECK(seen > 0 || model.empty(), seed);
      const size_t taken = seen == 0 ? 0 : random.below(static_cast<uint32_t>(seen) + 1);
      queue.consume(taken);
      model.erase(0, taken);
    }
    CHECK(queue.bytes() == model.size(), seed);
  }
  queue.clear();
  CHECK(queue.empty(), seed);
}

}  // namespace

int main(int argc, char** argv) {
  const test::RunPlan plan = test::readPlan(argc, argv, 100);
  for (uint64_t i = 0; i < plan.runs; i++) {
    runPlaces(plan.firstSeed + i);
    if (i % 10 == 0) runQueue(plan.firstSeed + i);
  }
  std::printf("%llu runs of places and queues\n", static_cast<unsigned long long>(plan.runs));
  return 0;
}
