// The memory that the reactor shares with the server, word by word (the
// records themselves are in resp/record.h). src/net/transport.ts is the
// specification; test/native/layout.test.ts compares the two.
#ifndef REDIS_CORE_REACTOR_LAYOUT_H_
#define REDIS_CORE_REACTOR_LAYOUT_H_

#include <cstddef>
#include <cstdint>

#include "resp/record.h"

namespace reactor {

enum Event : uint32_t {
  kEventAccepted = 1,
  kEventClosed = 2,
  kEventProtocolError = resp::kEventProtocolError,
  kEventAcceptFailed = 5,
  kEventDrained = 6,
};

enum CloseReason : uint8_t {
  kClosedByPeer = 0,
  kClosedByServer = 1,
  kClosedByError = 2,
  kClosedOutputLimit = 3,
  kClosedQueryLimit = 4,
  kClosedUnauthenticatedOutput = 5,
};

constexpr uint32_t kUnauthenticatedMaxPendingBytes = 1024;

constexpr uint64_t kInputBytes = 0x100000000u;
constexpr uint64_t kInputBigAt = 0x04000000u;
constexpr uint64_t kInputScratchAt = 0xc0000000u;
constexpr uint64_t kTableBytes = 0x40000000u;
constexpr uint64_t kTableWords = kTableBytes / sizeof(uint32_t);
/** Stands behind the last record. */
constexpr uint32_t kNoSlot = 0xffffffffu;

constexpr uint32_t kRunWords = 4;
constexpr uint64_t kOutputBytes = 0x02000000u;
constexpr uint32_t kMaxRuns = 0x10000u;

constexpr uint32_t kControlWords = 4;
constexpr uint32_t kControlFlags = 0;
constexpr uint32_t kControlOutputLimitKib = 1;
constexpr uint32_t kFlagUnauthenticated = 1;
constexpr uint32_t kFlagTellsDrained = 2;

constexpr uint32_t kStatsWords = 4;
constexpr uint32_t kStatsPendingOutput = 0;
constexpr uint32_t kStatsQueryBytes = 1;
constexpr uint32_t kStatsBytesIn = 2;
constexpr uint32_t kStatsBytesOut = 3;

/** Most bytes taken from one client in one round: its fair share. */
constexpr uint32_t kReadBytes = 65536;
/** The same for a request that has its own place; longer, because nothing is copied there. */
constexpr uint32_t kBigReadBytes = 262144;
/** The rest of an argument up to this size is received behind its beginning at once. */
constexpr uint32_t kTopUpBytes = 131072;
/** A partial request up to this size waits in a block of its own; a longer one gets a place. */
constexpr uint32_t kMaxCarryBytes = 32768;
/** The low end of the places stays resident, so that a stream of them does not fault each time. */
constexpr uint64_t kResidentPlacesBytes = 8u << 20;
constexpr uint32_t kMaxSlots = 1u << 20;
constexpr int kEventsPerRound = 512;
constexpr int kAcceptsPerRound = 1000;
constexpr int kMaxGather = 64;

struct SharedMemory {
  uint8_t* input = nullptr;
  uint32_t* table = nullptr;
  uint8_t* output = nullptr;
  uint32_t* runs = nullptr;
  uint32_t* control = nullptr;
  double* stats = nullptr;
};

}  // namespace reactor

#endif  // REDIS_CORE_REACTOR_LAYOUT_H_
