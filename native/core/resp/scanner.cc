// See scanner.h. The rules are those that redis-server 7.0 shows to a raw socket, odd as some look
// (any byte may follow CR, a zero byte hides the end of its line). The portable twin is asked
// against the real server in test/unit/protocol, and test/native compares this scanner with it.
#include "resp/scanner.h"

#include <cstring>

namespace resp {

namespace {

constexpr Scan kNeedMore = {Outcome::kIncomplete, 0, 0, 0};
constexpr int64_t kMaxArguments = 2147483647;

Scan failure(uint32_t error) { return {Outcome::kError, error, 0, 0}; }

bool isDigit(uint8_t byte) { return static_cast<uint8_t>(byte - '0') <= 9; }

/**
 * Reads the usual header quickly: one to nine digits without a leading zero, then CR and one more
 * byte. Returns the bytes after the type byte that it takes, or 0 when the careful way must decide.
 */
inline uint32_t readShortLength(const uint8_t* text, size_t available, uint32_t* value) {
  if (available < 3 || !isDigit(text[0])) return 0;
  uint32_t length = text[0] - '0';
  size_t at = 1;
  if (length != 0) {
    const size_t most = available < 9 ? available : 9;
    while (at < most && isDigit(text[at])) length = length * 10 + (text[at++] - '0');
  }
  if (at + 1 >= available || text[at] != '\r') return 0;
  *value = length;
  return static_cast<uint32_t>(at) + 2;
}

enum class LineEnd { kFound, kNotYet, kTooLong };

/**
 * Finds the byte that ends the line. A zero byte before it hides it, as it does from Redis, so such
 * a line only ever ends by being too long. The limit is counted from the line's first byte, so that
 * the way the bytes were split decides nothing.
 */
LineEnd findLineEnd(const uint8_t* line, size_t available, uint8_t wanted, uint32_t& searched,
                    size_t* index) {
  const size_t most = kMaxHeaderLineBytes + 1;
  const size_t limit = available < most ? available : most;
  if (searched < limit) {
    const void* hit = std::memchr(line + searched, wanted, limit - searched);
    const size_t stop = hit ? static_cast<const uint8_t*>(hit) - line : limit;
    const void* zero = std::memchr(line + searched, 0, stop - searched);
    if (zero) {
      searched = static_cast<uint32_t>(static_cast<const uint8_t*>(zero) - line);
    } else {
      searched = static_cast<uint32_t>(stop);
      if (hit) {
        *index = stop;
        return LineEnd::kFound;
      }
    }
  }
  return available > kMaxHeaderLineBytes ? LineEnd::kTooLong : LineEnd::kNotYet;
}

Scan scanInline(const uint8_t* line, size_t available, RequestState& state) {
  size_t newline = 0;
  switch (findLineEnd(line, available, '\n', state.searched, &newline)) {
    case LineEnd::kNotYet:
      return kNeedMore;
    case LineEnd::kTooLong:
      return failure(kBigInline);
    case LineEnd::kFound:
      break;
  }
  const uint32_t end = static_cast<uint32_t>(newline) + 1;
  const uint32_t length =
      static_cast<uint32_t>(newline > 0 && line[newline - 1] == '\r' ? newline - 1 : newline);
  return {length == 0 ? Outcome::kNothing : Outcome::kInline, 0, end, length};
}

/**
 * Reads a header line of any shape: its number into `value`, its length with the line end into
 * `taken`. The outcome is kRequest when both are known.
 */
Scan readHeaderLine(const uint8_t* line, size_t available, uint32_t tooLong, RequestState& state,
                    bool* isNumber, int64_t* value, uint32_t* taken) {
  size_t end = 0;
  switch (findLineEnd(line, available, '\r', state.searched, &end)) {
    case LineEnd::kNotYet:
      return kNeedMore;
    case LineEnd::kTooLong:
      return failure(tooLong);
    case LineEnd::kFound:
      break;
  }
  if (end + 2 > available) return kNeedMore;
  *isNumber = parseInteger(line + 1, end == 0 ? 0 : end - 1, value);
  *taken = static_cast<uint32_t>(end) + 2;
  return {Outcome::kRequest, 0, 0, 0};
}

/** Reads `*N`. kRequest means that `state` knows the count and the arguments follow. */
Scan scanCount(const uint8_t* request, size_t available, const Limits& limits,
               RequestState& state) {
  int64_t count = 0;
  bool isNumber = true;
  uint32_t quick = 0;
  uint32_t taken = readShortLength(request + 1, available - 1, &quick);
  if (taken != 0) {
    count = quick;
    taken += 1;
  } else {
    const Scan header = readHeaderLine(request, available, kBigCountLine, state, &isNumber, &count,
                                       &taken);
    if (header.outcome != Outcome::kRequest) return header;
  }
  if (!isNumber || count > kMaxArguments) return failure(kMultibulkLength);
  if (limits.unauthenticated && count > kUnauthenticatedMaxArguments) {
    return failure(kUnauthenticatedCount);
  }
  if (count <= 0) return {Outcome::kNothing, 0, taken, 0};
  state.count = static_cast<uint32_t>(count);
  state.next = taken;
  state.searched = 0;
  return {Outcome::kRequest, 0, 0, 0};
}

/** Reads `$N`. kRequest means that `state.bulk` is known and `state.next` is the first byte. */
Scan scanBulkHeader(const uint8_t* request, size_t available, const Limits& limits,
                    RequestState& state) {
  const uint8_t* line = request + state.next;
  int64_t length = 0;
  bool isNumber = true;
  uint32_t taken = 0;
  const Scan header = readHeaderLine(line, available - state.next, kBigBulkLine, state, &isNumber,
                                     &length, &taken);
  if (header.outcome != Outcome::kRequest) return header;
  if (line[0] != '$') return failure(kExpectedDollar | uint32_t{line[0]} << 8);
  if (!isNumber || length < 0 || static_cast<uint64_t>(length) > limits.maxBulkBytes) {
    return failure(kBulkLength);
  }
  if (limits.unauthenticated && length > kUnauthenticatedMaxBulkBytes) {
    return failure(kUnauthenticatedBulk);
  }
  state.bulk = length;
  state.next += taken;
  state.searched = 0;
  return header;
}

}  // namespace

bool parseInteger(const uint8_t* text, size_t length, int64_t* value) {
  const bool negative = length > 0 && text[0] == '-';
  const uint8_t* at = text + (negative ? 1 : 0);
  const uint8_t* const end = text + length;
  const size_t digits = static_cast<size_t>(end - at);
  if (digits == 0 || digits > 19) return false;
  if (*at == '0' && (digits > 1 || negative)) return false;
  uint64_t magnitude = 0;
  for (; at != end; at++) {
    if (!isDigit(*at)) return false;
    magnitude = magnitude * 10 + (*at - '0');
  }
  const uint64_t most = uint64_t{1} << 63;
  if (negative ? magnitude > most : magnitude >= most) return false;
  *value = static_cast<int64_t>(negative ? uint64_t{0} - magnitude : magnitude);
  return true;
}

Scan scanRequest(const uint8_t* request, size_t available, const Limits& limits,
                 const ArgumentList& list, RequestState& state) {
  if (request[0] != '*') return scanInline(request, available, state);
  if (state.count == 0) {
    const Scan header = scanCount(request, available, limits, state);
    if (header.outcome != Outcome::kRequest) return header;
  }
  // Every limit is checked in one comparison; scanBulkHeader then tells which one was exceeded.
  const uint64_t mostQuick =
      limits.unauthenticated && limits.maxBulkBytes > kUnauthenticatedMaxBulkBytes
          ? kUnauthenticatedMaxBulkBytes
          : limits.maxBulkBytes;
  uint32_t done = state.done;
  size_t next = state.next;
  int64_t bulk = state.bulk;
  while (done < state.count) {
    if (done == list.room) {
      state.done = done;
      state.next = static_cast<uint32_t>(next);
      state.bulk = bulk;
      return {Outcome::kNoRoom, 0, 0, 0};
    }
    if (bulk < 0) {
      uint32_t quick = 0;
      uint32_t taken = 0;
      if (next < available && request[next] == '$') {
        taken = readShortLength(request + next + 1, available - next - 1, &quick);
      }
      if (taken != 0 && quick <= mostQuick) {
        bulk = quick;
        next += taken + 1;
        state.searched = 0;
      } else {
        state.done = done;
        state.next = static_cast<uint32_t>(next);
        state.bulk = -1;
        if (next >= available) return kNeedMore;
        const Scan header = scanBulkHeader(request, available, limits, state);
        if (header.outcome != Outcome::kRequest) return header;
        next = state.next;
        bulk = state.bulk;
      }
    }
    if (available - next < static_cast<uint64_t>(bulk) + 2) {
      state.done = done;
      state.next = static_cast<uint32_t>(next);
      state.bulk = bulk;
      return kNeedMore;
    }
    // Redis skips the two bytes after an argument without a look, and so does this.
    list.words[2 * size_t{done}] = list.origin + static_cast<uint32_t>(next);
    list.words[2 * size_t{done} + 1] = static_cast<uint32_t>(bulk);
    next += static_cast<size_t>(bulk) + 2;
    bulk = -1;
    done++;
  }
  return {Outcome::kRequest, 0, static_cast<uint32_t>(next), 0};
}

}  // namespace resp
