// Counting, searching and combining the bits of long byte strings, a machine word at a time or more.
// It knows nothing of bitmaps' numbering of bits; ranges are whole bytes and may lie anywhere.
#ifndef REDIS_CORE_BITS_BIT_OPERATIONS_H_
#define REDIS_CORE_BITS_BIT_OPERATIONS_H_

#include <cstddef>
#include <cstdint>

namespace bits {

/** Numbered as in src/native/bit-operations.ts. */
enum class Operation : uint32_t { kAnd = 0, kOr = 1, kXor = 2, kAndNot = 3, kNot = 4 };

/** How many bits are set. */
uint64_t countBits(const uint8_t* bytes, size_t length);

/** The place of the first byte that is not `byte`; `length` when there is none. */
size_t findOther(const uint8_t* bytes, size_t length, uint8_t byte);

/**
 * target[i] = a[i] op b[i]. kAndNot clears in `a` what is set in `b`; kNot takes `a` alone. The
 * target may be one of the sources, but must not overlap one in part.
 */
void combine(Operation operation, uint8_t* target, const uint8_t* a, const uint8_t* b,
             size_t length);

}  // namespace bits

#endif  // REDIS_CORE_BITS_BIT_OPERATIONS_H_
