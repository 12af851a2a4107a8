// See lzf.h.
#include "lzf/lzf.h"

#include <cstring>

namespace lzf {

namespace {

constexpr size_t kMostLiterals = 32;
constexpr size_t kMostOffset = 8192;
constexpr size_t kMostRepeated = 264;
constexpr size_t kLeastRepeated = 3;
constexpr size_t kLongRepeated = 9;
/** The table is cleared for every call, so it is no larger than the input asks for. */
constexpr unsigned kLeastTableBits = 6;
constexpr unsigned kMostTableBits = 13;
constexpr size_t kWordBytes = sizeof(uint64_t);

inline uint64_t loadWord(const uint8_t* at) {
  uint64_t word;
  std::memcpy(&word, at, kWordBytes);
  return word;
}

/** A number that stands for the three bytes here. */
inline uint32_t threeAt(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) << 16 | static_cast<uint32_t>(at[1]) << 8 | at[2];
}

inline uint32_t slotOf(uint32_t three, unsigned bits) {
  return (three * 0x9e3779b1u) >> (32 - bits);
}

/** How many bytes, up to `most`, are the same in both places; the first three are known to be. */
inline size_t repeatedBytes(const uint8_t* one, const uint8_t* other, size_t most) {
  size_t count = kLeastRepeated;
  for (; count + kWordBytes <= most; count += kWordBytes) {
    const uint64_t difference = loadWord(one + count) ^ loadWord(other + count);
    if (difference != 0) return count + (static_cast<size_t>(__builtin_ctzll(difference)) >> 3);
  }
  while (count < most && one[count] == other[count]) count++;
  return count;
}

/** Where to go on writing, or null when there is not enough room. */
uint8_t* writeLiterals(const uint8_t* from, const uint8_t* end, uint8_t* to, uint8_t* outEnd) {
  while (from < end) {
    const size_t left = static_cast<size_t>(end - from);
    const size_t count = left < kMostLiterals ? left : kMostLiterals;
    if (static_cast<size_t>(outEnd - to) < count + 1) return nullptr;
    *to++ = static_cast<uint8_t>(count - 1);
    std::memcpy(to, from, count);
    to += count;
    from += count;
  }
  return to;
}

/** The same for what is repeated. */
uint8_t* writeRepeat(size_t offset, size_t repeated, uint8_t* to, uint8_t* outEnd) {
  const size_t told = repeated - 2;
  const bool isLong = repeated >= kLongRepeated;
  if (outEnd - to < (isLong ? 3 : 2)) return nullptr;
  *to++ = static_cast<uint8_t>((isLong ? 7 : told) << 5 | offset >> 8);
  if (isLong) *to++ = static_cast<uint8_t>(told - 7);
  *to++ = static_cast<uint8_t>(offset);
  return to;
}

unsigned tableBitsFor(size_t length) {
  unsigned bits = kLeastTableBits;
  while (bits < kMostTableBits && (size_t{1} << bits) < length) bits++;
  return bits;
}

/** Copies what is repeated: byte by byte where it overlaps what is being written. */
inline void copyRepeated(uint8_t* to, const uint8_t* source, size_t count) {
  if (static_cast<size_t>(to - source) >= count) {
    std::memcpy(to, source, count);
  } else {
    for (size_t i = 0; i < count; i++) to[i] = source[i];
  }
}

}  // namespace

size_t compress(const uint8_t* bytes, size_t length, uint8_t* out, size_t room) {
  // Where three bytes were seen last, by their hash: one more than the place, 0 for nowhere.
  uint32_t seen[size_t{1} << kMostTableBits];
  const unsigned bits = tableBitsFor(length);
  std::memset(seen, 0, sizeof(uint32_t) << bits);
  uint8_t* to = out;
  uint8_t* const outEnd = out + room;
  size_t literalsAt = 0;
  size_t from = 0;
  while (from + kLeastRepeated <= length) {
    const uint32_t three = threeAt(bytes + from);
    uint32_t* const slot = &seen[slotOf(three, bits)];
    const size_t before = *slot;
    *slot = static_cast<uint32_t>(from + 1);
    if (before == 0 || from - (before - 1) > kMostOffset || threeAt(bytes + before - 1) != three) {
      from++;
      continue;
    }
    const size_t most = length - from < kMostRepeated ? length - from : kMostRepeated;
    const size_t repeated = repeatedBytes(bytes + before - 1, bytes + from, most);
    to = writeLiterals(bytes + literalsAt, bytes + from, to, outEnd);
    if (to != nullptr) to = writeRepeat(from - before, repeated, to, outEnd);
    if (to == nullptr) return 0;
    from += repeated;
    literalsAt = from;
  }
  to = writeLiterals(bytes + literalsAt, bytes + length, to, outEnd);
  return to == nullptr ? 0 : static_cast<size_t>(to - out);
}

bool decompress(const uint8_t* bytes, size_t size, uint8_t* out, size_t length) {
  const uint8_t* from = bytes;
  const uint8_t* const end = bytes + size;
  uint8_t* to = out;
  uint8_t* const outEnd = out + length;
  while (from < end) {
    const size_t control = *from++;
    if (control < kMostLiterals) {
      const size_t count = control + 1;
      if (static_cast<size_t>(end - from) < count || static_cast<size_t>(outEnd - to) < count) {
        return false;
      }
      std::memcpy(to, from, count);
      to += count;
      from += count;
      continue;
    }
    size_t count = (control >> 5) + 2;
    if (count == kLongRepeated) {
      if (from == end) return false;
      count += *from++;
    }
    if (from == end) return false;
    const size_t back = ((control & 31) << 8 | *from++) + 1;
    if (static_cast<size_t>(to - out) < back || static_cast<size_t>(outEnd - to) < count) {
      return false;
    }
    copyRepeated(to, to - back, count);
    to += count;
  }
  return to == outEnd;
}

}  // namespace lzf
