// Finds one request at a time in the bytes of a client: RESP arrays of bulk strings and inline
// lines. It knows framing and limits, not what a command means, owns no memory and makes no system
// call. The portable twin is the scanner behind src/net/portable-transport.ts.
//
// What always holds: the outcome for a stream of bytes does not depend on how it was split into
// reads; a byte that was understood once is not looked at again; nothing is sized by a number that
// a client announced.
#ifndef REDIS_CORE_RESP_SCANNER_H_
#define REDIS_CORE_RESP_SCANNER_H_

#include <cstddef>
#include <cstdint>

namespace resp {

constexpr size_t kMaxHeaderLineBytes = 65536;
constexpr uint32_t kUnauthenticatedMaxArguments = 10;
constexpr uint32_t kUnauthenticatedMaxBulkBytes = 16384;

enum ProtocolError : uint32_t {
  kNoError = 0,
  kMultibulkLength = 1,
  kExpectedDollar = 2,
  kBulkLength = 3,
  kBigCountLine = 4,
  kBigBulkLine = 5,
  kBigInline = 6,
  kUnauthenticatedCount = 7,
  kUnauthenticatedBulk = 8,
};

struct Limits {
  uint64_t maxBulkBytes;
  bool unauthenticated;
};

enum class Outcome : uint8_t {
  /** The bytes end before the request does. */
  kIncomplete,
  /** A request with `state.count` arguments. */
  kRequest,
  /** An inline line that is not empty. */
  kInline,
  /** An empty line or an array without elements: skip `end` bytes, there is nothing to do. */
  kNothing,
  /** `error` says what is wrong; nothing after it can be understood. */
  kError,
  /** The argument list is full: give more room and call again. */
  kNoRoom,
};

/** What is remembered of a request that is not complete. All zero (with bulk -1) is a new one. */
struct RequestState {
  /** Bytes of the request that are understood, counted from its first byte. */
  uint32_t next = 0;
  /** Bytes after `next` known not to hold the end of the line that begins there. */
  uint32_t searched = 0;
  /** Arguments announced; 0 while the first line is not complete. */
  uint32_t count = 0;
  /** Arguments complete, and written to the list. */
  uint32_t done = 0;
  /** Length of the argument at `next`; -1 while its header is not complete. */
  int64_t bulk = -1;

  /** Bytes from the request's first one that must be there before another look is worth it. */
  uint64_t wanted() const { return uint64_t{next} + (bulk >= 0 ? bulk + 2 : 1); }
};

struct Scan {
  Outcome outcome;
  /** A ProtocolError; for kExpectedDollar bits 8-15 hold the byte found instead. */
  uint32_t error;
  /** Length of the request in bytes. */
  uint32_t end;
  /** Length of an inline line without its line end. */
  uint32_t lineLength;
};

/** Where arguments are written: pairs of (origin + offset in the request, length). */
struct ArgumentList {
  uint32_t* words;
  /** Most pairs that fit. */
  uint32_t room;
  uint32_t origin;
};

/** Goes on with the request whose first byte is `request[0]`; `available` is at least 1. */
Scan scanRequest(const uint8_t* request, size_t available, const Limits& limits,
                 const ArgumentList& list, RequestState& state);

/** Strict decimal int64 as Redis reads lengths: no plus, no blank, no leading zero, no "-0". */
bool parseInteger(const uint8_t* text, size_t length, int64_t* value);

}  // namespace resp

#endif  // REDIS_CORE_RESP_SCANNER_H_
