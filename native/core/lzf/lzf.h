// LZF, the quick compression that Redis uses for strings in files and for the inner nodes of lists.
//
//     000lllll                       l + 1 bytes as they are follow
//     lllooooo oooooooo              l + 2 bytes again, from o + 1 bytes back          l = 1 .. 6
//     111ooooo llllllll oooooooo     l + 9 bytes again
//
// Any reader of the format takes what this writes; the bytes are not those that liblzf or the
// TypeScript twin (src/base/lzf.ts) would choose. Nothing outside of the ranges is read or written.
#ifndef REDIS_CORE_LZF_LZF_H_
#define REDIS_CORE_LZF_LZF_H_

#include <cstddef>
#include <cstdint>

namespace lzf {

/** Compresses less than 2^32 bytes into at most `room`; the size, or 0 when they do not fit. */
size_t compress(const uint8_t* bytes, size_t length, uint8_t* out, size_t room);

/** Decompresses into exactly `length` bytes; false, with `out` undefined, if they are not that. */
bool decompress(const uint8_t* bytes, size_t size, uint8_t* out, size_t length);

}  // namespace lzf

#endif  // REDIS_CORE_LZF_LZF_H_
