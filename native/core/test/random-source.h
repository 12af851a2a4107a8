// Reproducible chance for the programs of this folder, and the check they all use.
#ifndef REDIS_CORE_TEST_RANDOM_SOURCE_H_
#define REDIS_CORE_TEST_RANDOM_SOURCE_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>

// Unlike assert it stays in every build, and it says which seed to run again.
#define CHECK(condition, seed)                                                              \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      std::fprintf(stderr, "%s:%d: failed with seed %llu: %s\n", __FILE__, __LINE__,        \
                   static_cast<unsigned long long>(seed), #condition);                      \
      std::abort();                                                                         \
    }                                                                                       \
  } while (0)

namespace test {

/** SplitMix64. */
class RandomSource {
 public:
  explicit RandomSource(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t mixed = (state_ += 0x9e3779b97f4a7c15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }

  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(next() % bound); }
  uint32_t between(uint32_t low, uint32_t high) { return low + below(high - low + 1); }
  bool chance(uint32_t percent) { return below(100) < percent; }

 private:
  uint64_t state_;
};

/** `argv[1]` is how many runs, `argv[2]` the first seed. */
struct RunPlan {
  uint64_t runs;
  uint64_t firstSeed;
};

inline RunPlan readPlan(int argc, char** argv, uint64_t usualRuns) {
  return {argc > 1 ? std::strtoull(argv[1], nullptr, 10) : usualRuns,
          argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1};
}

}  // namespace test

#endif  // REDIS_CORE_TEST_RANDOM_SOURCE_H_
