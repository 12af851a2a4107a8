// See output-queue.h.
#include "reactor/output-queue.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace reactor {

namespace {

// Small enough that thousands of slow readers with one line each stay cheap, large enough that a
// big reply needs few chunks and gives memory back while it drains.
constexpr size_t kMinChunkBytes = 1024;
constexpr size_t kMaxChunkBytes = 1u << 20;

}  // namespace

bool OutputQueue::append(const uint8_t* bytes, size_t length) {
  while (length > 0) {
    if (!last_ || last_->end == last_->capacity) {
      const size_t doubled = last_ ? size_t{last_->capacity} * 2 : 0;
      const size_t capacity =
          std::clamp(std::max(length, doubled), kMinChunkBytes, kMaxChunkBytes);
      Chunk* chunk = static_cast<Chunk*>(std::malloc(sizeof(Chunk) + capacity));
      if (!chunk) return false;
      chunk->next = nullptr;
      chunk->begin = 0;
      chunk->end = 0;
      chunk->capacity = static_cast<uint32_t>(capacity);
      (last_ ? last_->next : first_) = chunk;
      last_ = chunk;
    }
    const size_t part = std::min(length, size_t{last_->capacity} - last_->end);
    std::memcpy(last_->data() + last_->end, bytes, part);
    last_->end += static_cast<uint32_t>(part);
    bytes_ += part;
    bytes += part;
    length -= part;
  }
  return true;
}

int OutputQueue::gather(iovec* vectors, int most) const {
  int count = 0;
  for (Chunk* chunk = first_; chunk && count < most; chunk = chunk->next) {
    vectors[count].iov_base = chunk->data() + chunk->begin;
    vectors[count].iov_len = chunk->end - chunk->begin;
    count++;
  }
  return count;
}

void OutputQueue::consume(uint64_t length) {
  bytes_ -= length;
  while (length > 0) {
    const uint32_t part =
        static_cast<uint32_t>(std::min<uint64_t>(length, first_->end - first_->begin));
    first_->begin += part;
    length -= part;
    if (first_->begin < first_->end) return;
    Chunk* const next = first_->next;
    std::free(first_);
    first_ = next;
    if (!next) last_ = nullptr;
  }
}

void OutputQueue::clear() {
  while (first_) {
    Chunk* const next = first_->next;
    std::free(first_);
    first_ = next;
  }
  last_ = nullptr;
  bytes_ = 0;
}

}  // namespace reactor
