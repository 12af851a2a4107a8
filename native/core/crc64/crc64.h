// CRC-64 as Redis's files use it: the Jones polynomial, reflected, starting from 0.
//
// It protects against damage, not against anybody. The TypeScript twin is src/base/crc64.ts.
#ifndef REDIS_CORE_CRC64_CRC64_H_
#define REDIS_CORE_CRC64_CRC64_H_

#include <cstddef>
#include <cstdint>

namespace crc64 {

/** The checksum of all bytes so far, given that of those before `bytes`. */
uint64_t update(uint64_t sum, const uint8_t* bytes, size_t length);

}  // namespace crc64

#endif  // REDIS_CORE_CRC64_CRC64_H_
