// HalfSipHash-1-3 with a 64-bit key and a 32-bit result: the keyed hash of key names. It is not
// meant to authenticate anything; the key only keeps clients from choosing colliding names.
// Its TypeScript twin, the specification, is src/base/half-sip-hash.ts. Bytes are loaded in little
// endian order on every machine.
#ifndef REDIS_CORE_HASH_HALF_SIP_HASH_H_
#define REDIS_CORE_HASH_HALF_SIP_HASH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hash {

struct HalfSipKey {
  uint32_t word0 = 0;
  uint32_t word1 = 0;
};

inline uint32_t rotateLeft(uint32_t value, int bits) {
  return (value << bits) | (value >> (32 - bits));
}

inline uint32_t loadLittleEndian32(const uint8_t* bytes) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
#else
  return static_cast<uint32_t>(bytes[0]) | static_cast<uint32_t>(bytes[1]) << 8 |
         static_cast<uint32_t>(bytes[2]) << 16 | static_cast<uint32_t>(bytes[3]) << 24;
#endif
}

struct HalfSipState {
  uint32_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = rotateLeft(v1, 5) ^ v0;
    v0 = rotateLeft(v0, 16);
    v2 += v3;
    v3 = rotateLeft(v3, 8) ^ v2;
    v0 += v3;
    v3 = rotateLeft(v3, 7) ^ v0;
    v2 += v1;
    v1 = rotateLeft(v1, 13) ^ v2;
    v2 = rotateLeft(v2, 16);
  }

  void absorb(uint32_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }
};

inline uint32_t halfSipHash13(const uint8_t* bytes, size_t length, HalfSipKey key) {
  HalfSipState state = {key.word0, key.word1, 0x6c796765u ^ key.word0, 0x74656462u ^ key.word1};
  const uint8_t* const wordsEnd = bytes + (length & ~size_t{3});
  for (; bytes != wordsEnd; bytes += 4) state.absorb(loadLittleEndian32(bytes));
  uint32_t last = static_cast<uint32_t>(length) << 24;
  switch (length & 3) {
    case 3:
      last |= static_cast<uint32_t>(bytes[2]) << 16;
      [[fallthrough]];
    case 2:
      last |= static_cast<uint32_t>(bytes[1]) << 8;
      [[fallthrough]];
    case 1:
      last |= bytes[0];
      break;
    default:
      break;
  }
  state.absorb(last);
  state.v2 ^= 0xff;
  state.round();
  state.round();
  state.round();
  return state.v1 ^ state.v3;
}

}  // namespace hash

#endif  // REDIS_CORE_HASH_HALF_SIP_HASH_H_
