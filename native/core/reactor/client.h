// What the reactor remembers of one client. It lives in zeroed memory, in a table indexed by slot.
//
//            accept                close(at once), hang-up, error, limit
//   kFree ----------> kOpen ------------------------------------+
//     ^                 | close(after output)                   v
//     |                 +-------> kClosing -- all sent -----> kDead
//     |                                                         | CLOSED recorded
//     +---- end of that turn ---- kReported <-------------------+
#ifndef REDIS_CORE_REACTOR_CLIENT_H_
#define REDIS_CORE_REACTOR_CLIENT_H_

#include <cstdint>

#include "memory/place-allocator.h"
#include "reactor/endpoint.h"
#include "reactor/output-queue.h"
#include "resp/scanner.h"

namespace reactor {

enum class ClientState : uint8_t { kFree = 0, kOpen, kClosing, kDead, kReported };

struct Client {
  int fd = -1;
  ClientState state = ClientState::kFree;
  uint8_t closeReason = 0;
  /** The server asked to hold: nothing is read or delivered. */
  bool held = false;
  /** A protocol error was recorded: nothing more of this client can be understood. */
  bool broken = false;
  /** The bytes kept hold whole requests, not only a partial one. */
  bool rescan = false;
  /** The slot stands in the list of places to free at the end of the turn. */
  bool placeSpent = false;
  /** What epoll watches for. */
  uint32_t armed = 0;
  uint32_t listener = 0;

  /** The round in which bytes of this client were scanned last, and which they were. */
  uint64_t round = 0;
  uint32_t turnBegin = 0;
  uint32_t turnEnd = 0;
  /** Records of that round. */
  uint32_t turnRecords = 0;

  /** The request that is not complete: its state and, if it has any, its arguments so far. */
  resp::RequestState request;
  uint32_t* arguments = nullptr;
  uint32_t argumentsRoom = 0;

  /** The bytes of that request: here (malloc), or in `place` from `placeBegin` to `placeUsed`. */
  uint32_t carryUsed = 0;
  uint32_t carryRoom = 0;
  uint8_t* carry = nullptr;
  memory::Place place;
  uint64_t placeBegin = 0;
  uint64_t placeUsed = 0;
  /** A place whose requests this turn delivers; freed at its end. */
  memory::Place turnPlace;

  OutputQueue output;
  Endpoint remote;
  Endpoint local;
};

}  // namespace reactor

#endif  // REDIS_CORE_REACTOR_CLIENT_H_
