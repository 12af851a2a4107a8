// See crc64.h. Sixteen bytes are taken at a time by sixteen tables, which the compiler computes.
#include "crc64/crc64.h"

#include <array>
#include <cstring>

namespace crc64 {

namespace {

constexpr uint64_t kPolynomial = 0x95ac9329ac4bc9b5u;
constexpr size_t kSlices = 16;
constexpr size_t kWordBytes = sizeof(uint64_t);

/** What a byte adds when so many bytes follow it. */
struct Tables {
  uint64_t slices[kSlices][256];
};

constexpr Tables makeTables() {
  Tables tables = {};
  for (uint64_t byte = 0; byte < 256; byte++) {
    uint64_t sum = byte;
    for (int bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ ((sum & 1) != 0 ? kPolynomial : 0);
    tables.slices[0][byte] = sum;
  }
  for (size_t slice = 1; slice < kSlices; slice++) {
    for (size_t byte = 0; byte < 256; byte++) {
      const uint64_t before = tables.slices[slice - 1][byte];
      tables.slices[slice][byte] = tables.slices[0][before & 0xff] ^ (before >> 8);
    }
  }
  return tables;
}

constexpr Tables kTables = makeTables();

inline uint64_t loadWord(const uint8_t* at) {
  uint64_t word;
  std::memcpy(&word, at, kWordBytes);
  return word;
}

/** What eight bytes add when `following` bytes follow the last of them. */
inline uint64_t folded(uint64_t word, size_t following) {
  uint64_t sum = 0;
  for (size_t i = 0; i < kWordBytes; i++) {
    sum ^= kTables.slices[following + kWordBytes - 1 - i][(word >> (8 * i)) & 0xff];
  }
  return sum;
}

}  // namespace

uint64_t update(uint64_t sum, const uint8_t* bytes, size_t length) {
  size_t i = 0;
  for (; i + kSlices <= length; i += kSlices) {
    sum = folded(sum ^ loadWord(bytes + i), kWordBytes) ^
          folded(loadWord(bytes + i + kWordBytes), 0);
  }
  for (; i < length; i++) sum = kTables.slices[0][(sum ^ bytes[i]) & 0xff] ^ (sum >> 8);
  return sum;
}

}  // namespace crc64
