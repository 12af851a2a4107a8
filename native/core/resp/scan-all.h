// Scans the bytes of one client in one go, for tests and measurements of the scanner. The reactor
// does the same by rounds.
#ifndef REDIS_CORE_RESP_SCAN_ALL_H_
#define REDIS_CORE_RESP_SCAN_ALL_H_

#include <cstddef>
#include <cstdint>

#include "hash/half-sip-hash.h"
#include "resp/scanner.h"

namespace resp {

/**
 * Writes the records of all complete requests at the front of `bytes`, as slot 0, and returns the
 * words written. Ends at a request that is not complete or has no room in the table, and behind a
 * protocol error.
 */
size_t scanAll(const uint8_t* bytes, size_t length, const Limits& limits, hash::HalfSipKey key,
               uint32_t* table, size_t tableWords);

}  // namespace resp

#endif  // REDIS_CORE_RESP_SCAN_ALL_H_
