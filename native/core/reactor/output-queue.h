// The replies that a client's socket has not taken yet: a list of chunks, first in, first out.
// Its memory is proportional to what waits; an empty queue holds nothing.
#ifndef REDIS_CORE_REACTOR_OUTPUT_QUEUE_H_
#define REDIS_CORE_REACTOR_OUTPUT_QUEUE_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

namespace reactor {

class OutputQueue {
 public:
  OutputQueue() = default;
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;

  uint64_t bytes() const { return bytes_; }
  bool empty() const { return bytes_ == 0; }

  /** Copies `length` bytes to the end; false without memory (what was copied stays). */
  bool append(const uint8_t* bytes, size_t length);
  /** Describes up to `most` chunks from the front; returns how many. */
  int gather(iovec* vectors, int most) const;
  /** Drops `length` bytes (at most bytes()) from the front. */
  void consume(uint64_t length);
  void clear();

 private:
  struct Chunk {
    Chunk* next;
    uint32_t begin;
    uint32_t end;
    uint32_t capacity;
    uint8_t* data() { return reinterpret_cast<uint8_t*>(this + 1); }
  };

  Chunk* first_ = nullptr;
  Chunk* last_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace reactor

#endif  // REDIS_CORE_REACTOR_OUTPUT_QUEUE_H_
