// How a request found by the scanner stands in the table that the server reads:
//   [slot, argc, nameHash, keyHash, start, offset0, length0, offset1, length1, ...]
// and an event: [slot, kEventBit | kind, aux, 0, start]; an inline line has its offset and length
// behind that.
// src/net/transport.ts is the specification.
#ifndef REDIS_CORE_RESP_RECORD_H_
#define REDIS_CORE_RESP_RECORD_H_

#include <cstdint>

#include "hash/half-sip-hash.h"
#include "hash/name-hash.h"

namespace resp {

constexpr uint32_t kRecordHeaderWords = 5;
constexpr uint32_t kInlineRecordWords = 7;
constexpr uint32_t kEventBit = 0x80000000u;
constexpr uint32_t kEventProtocolError = 3;
constexpr uint32_t kEventInline = 4;

/** Fills the header of a request whose (offset, length) pairs are written already. */
inline void writeRequest(uint32_t* record, uint32_t slot, uint32_t count, const uint8_t* input,
                         uint32_t start, hash::HalfSipKey key) {
  const uint32_t* const argument = record + kRecordHeaderWords;
  record[0] = slot;
  record[1] = count;
  record[2] = hash::nameHash(input + argument[0], argument[1]);
  record[3] = count > 1 ? hash::halfSipHash13(input + argument[2], argument[3], key) : 0;
  record[4] = start;
}

inline void writeEvent(uint32_t* record, uint32_t slot, uint32_t kind, uint32_t aux,
                       uint32_t start) {
  record[0] = slot;
  record[1] = kEventBit | kind;
  record[2] = aux;
  record[3] = 0;
  record[4] = start;
}

inline void writeInline(uint32_t* record, uint32_t slot, uint32_t start, uint32_t length) {
  writeEvent(record, slot, kEventInline, 0, start);
  record[5] = start;
  record[6] = length;
}

}  // namespace resp

#endif  // REDIS_CORE_RESP_RECORD_H_
