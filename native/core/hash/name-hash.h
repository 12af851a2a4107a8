// The hash of a command's name: FNV-1a over each byte OR 0x20, at most the first 32 bytes, so that
// letters of either case meet. It is public and unkeyed: only the fixed set of commands is looked
// up by it, and the one who looks up compares the name afterwards.
#ifndef REDIS_CORE_HASH_NAME_HASH_H_
#define REDIS_CORE_HASH_NAME_HASH_H_

#include <cstddef>
#include <cstdint>

namespace hash {

constexpr size_t kNameHashMaxBytes = 32;

inline uint32_t nameHash(const uint8_t* bytes, size_t length) {
  if (length > kNameHashMaxBytes) length = kNameHashMaxBytes;
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (bytes[i] | 0x20u)) * 16777619u;
  return hash;
}

}  // namespace hash

#endif  // REDIS_CORE_HASH_NAME_HASH_H_
