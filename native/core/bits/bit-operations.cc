// See bit-operations.h. Words are read by memcpy, which costs nothing and knows no alignment.
#include "bits/bit-operations.h"

#include <cstring>

namespace bits {

namespace {

constexpr size_t kWordBytes = sizeof(uint64_t);
/** Words that are taken together: what the compiler makes vector instructions of. */
constexpr size_t kBlockWords = 8;
constexpr size_t kBlockBytes = kBlockWords * kWordBytes;

inline uint64_t loadWord(const uint8_t* at) {
  uint64_t word;
  std::memcpy(&word, at, kWordBytes);
  return word;
}

/** Counts without a table, for processors whose instruction for it is not known to be there. */
inline uint64_t countWord(uint64_t word) {
  word -= (word >> 1) & 0x5555555555555555u;
  word = (word & 0x3333333333333333u) + ((word >> 2) & 0x3333333333333333u);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return (word * 0x0101010101010101u) >> 56;
}

uint64_t countPlainly(const uint8_t* bytes, size_t length) {
  uint64_t count = 0;
  size_t i = 0;
  for (; i + kWordBytes <= length; i += kWordBytes) count += countWord(loadWord(bytes + i));
  for (; i < length; i++) count += countWord(bytes[i]);
  return count;
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) uint64_t countByInstruction(const uint8_t* bytes, size_t length) {
  // Four sums, so that no addition waits for the one before.
  uint64_t counts[4] = {0, 0, 0, 0};
  size_t i = 0;
  for (; i + 4 * kWordBytes <= length; i += 4 * kWordBytes) {
    for (size_t k = 0; k < 4; k++) {
      counts[k] += static_cast<uint64_t>(
          __builtin_popcountll(loadWord(bytes + i + k * kWordBytes)));
    }
  }
  const uint64_t rest = countPlainly(bytes + i, length - i);
  return counts[0] + counts[1] + counts[2] + counts[3] + rest;
}
#endif

/** Four words, as the compiler knows vectors: of whatever width the processor has. */
typedef uint64_t Vector __attribute__((vector_size(32)));
/** The same anywhere in memory. Templates would deduce it as the aligned one, so it stays in here. */
typedef uint64_t LooseVector __attribute__((vector_size(32), aligned(1), may_alias));
constexpr size_t kVectorBytes = sizeof(Vector);

struct And {
  template <typename Bits>
  static inline __attribute__((always_inline)) void apply(Bits* a, const Bits* b) { *a &= *b; }
};
struct Or {
  template <typename Bits>
  static inline __attribute__((always_inline)) void apply(Bits* a, const Bits* b) { *a |= *b; }
};
struct Xor {
  template <typename Bits>
  static inline __attribute__((always_inline)) void apply(Bits* a, const Bits* b) { *a ^= *b; }
};
struct AndNot {
  template <typename Bits>
  static inline __attribute__((always_inline)) void apply(Bits* a, const Bits* b) { *a &= ~*b; }
};
struct Not {
  template <typename Bits>
  static inline __attribute__((always_inline)) void apply(Bits* a, const Bits*) { *a = ~*a; }
};

template <typename Rule>
inline __attribute__((always_inline)) void combineBytes(uint8_t* target, const uint8_t* a,
                                                        const uint8_t* b, size_t length) {
  for (size_t i = 0; i < length; i++) {
    uint8_t byte = a[i];
    Rule::apply(&byte, &b[i]);
    target[i] = byte;
  }
}

/** Inlined into functions for several kinds of processor, each with its widest instructions. */
template <typename Rule>
inline __attribute__((always_inline)) void combineBlocks(uint8_t* target, const uint8_t* a,
                                                         const uint8_t* b, size_t length) {
  // Stores that cross a cache line cost twice, so the target is the one that is aligned.
  const size_t head = -reinterpret_cast<uintptr_t>(target) % kVectorBytes;
  size_t i = head < length ? head : length;
  combineBytes<Rule>(target, a, b, i);
  for (; i + kVectorBytes <= length; i += kVectorBytes) {
    Vector left = *reinterpret_cast<const LooseVector*>(a + i);
    const Vector right = *reinterpret_cast<const LooseVector*>(b + i);
    Rule::apply(&left, &right);
    *reinterpret_cast<LooseVector*>(target + i) = left;
  }
  combineBytes<Rule>(target + i, a + i, b + i, length - i);
}

template <typename Rule>
void combinePlainly(uint8_t* target, const uint8_t* a, const uint8_t* b, size_t length) {
  combineBlocks<Rule>(target, a, b, length);
}

#if defined(__x86_64__)
template <typename Rule>
__attribute__((target("avx2"))) void combineByAvx2(uint8_t* target, const uint8_t* a,
                                                   const uint8_t* b, size_t length) {
  combineBlocks<Rule>(target, a, b, length);
}
#endif

template <typename Rule>
void combineBy(uint8_t* target, const uint8_t* a, const uint8_t* b, size_t length) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return combineByAvx2<Rule>(target, a, b, length);
#endif
  combinePlainly<Rule>(target, a, b, length);
}

}  // namespace

uint64_t countBits(const uint8_t* bytes, size_t length) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("popcnt")) return countByInstruction(bytes, length);
#endif
  return countPlainly(bytes, length);
}

size_t findOther(const uint8_t* bytes, size_t length, uint8_t byte) {
  const uint64_t same = 0x0101010101010101u * byte;
  size_t i = 0;
  for (; i + kBlockBytes <= length; i += kBlockBytes) {
    uint64_t differs = 0;
    for (size_t k = 0; k < kBlockWords; k++) differs |= loadWord(bytes + i + k * kWordBytes) ^ same;
    if (differs != 0) break;
  }
  while (i < length && bytes[i] == byte) i++;
  return i;
}

void combine(Operation operation, uint8_t* target, const uint8_t* a, const uint8_t* b,
             size_t length) {
  switch (operation) {
    case Operation::kAnd:
      return combineBy<And>(target, a, b, length);
    case Operation::kOr:
      return combineBy<Or>(target, a, b, length);
    case Operation::kXor:
      return combineBy<Xor>(target, a, b, length);
    case Operation::kAndNot:
      return combineBy<AndNot>(target, a, b, length);
    case Operation::kNot:
      return combineBy<Not>(target, a, b, length);
  }
}

}  // namespace bits
