// The sockets of the server: listeners and clients on one epoll instance, driven in rounds.
//
//   beginRound():  CLOSED records of the last rounds | what was held and is resumed | poll, accept,
//                  read, scan | returns the number of records in `table`
//   (the caller lets the server work on the records)
//   finishRound(runs):  send the runs | close who is to be closed | free places and slots
//
// It knows RESP framing and limits (resp/scanner.h) and nothing of what a command means; it
// includes neither Node-API nor libuv. Everything runs on one thread. Another way to move bytes
// (io_uring, threads) would stand behind this same class.
//
// What always holds: a slot keeps its meaning until the end of the turn that delivered CLOSED; one
// client is scanned at most once a round, so its records are contiguous; nothing is read for a
// client that is held, broken or closing; memory that a record of this turn points into is not
// reused before finishRound.
#ifndef REDIS_CORE_REACTOR_REACTOR_H_
#define REDIS_CORE_REACTOR_REACTOR_H_

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "hash/half-sip-hash.h"
#include "memory/place-allocator.h"
#include "reactor/client.h"
#include "reactor/layout.h"
#include "reactor/listener.h"
#include "resp/scanner.h"

namespace reactor {

struct Options {
  uint32_t maxSlots = 65536;
  hash::HalfSipKey hashKey;
  SharedMemory memory;
  /** How much of each region is used; tests use less, to see them full. */
  uint64_t tableWords = kTableWords;
  uint64_t turnBytes = kInputBigAt;
  uint64_t bigBytes = kInputScratchAt - kInputBigAt;
};

struct Settings {
  uint64_t maxBulkBytes = 512u << 20;
  uint64_t maxQueryBytes = 1u << 30;
  int keepAliveSeconds = 300;
};

struct Segment {
  const uint8_t* bytes = nullptr;
  size_t length = 0;
};

/** The first and the last run of a slot. */
struct RunChain {
  uint32_t first;
  uint32_t last;
};

constexpr uint32_t kNoRun = UINT32_MAX;

struct SlotAddress {
  std::string remote;
  std::string local;
  std::string remoteIp;
  bool isUnix = false;
  int fd = -1;
};

class Reactor {
 public:
  explicit Reactor(const Options& options);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /** Gets what it needs from the system. Returns 0 or the errno. */
  int open();
  /** The descriptor that is readable while there is something to do for a round. */
  int pollDescriptor() const { return epoll_; }
  void configure(const Settings& settings);

  /** Return 0 or the errno; `id` names the listener. */
  int listenTcp(const char* ip, uint16_t port, int backlog, uint32_t* id);
  int listenUnix(const char* path, uint32_t mode, int backlog, uint32_t* id);
  void closeListener(uint32_t id);
  void closeAllListeners();
  uint16_t listenerPort(uint32_t id) const;

  uint32_t beginRound();
  void finishRound(uint32_t runs);
  /** The last poll brought events, so another one may as well. */
  bool sawEvents() const { return sawEvents_; }
  /** Something is to be done in a round although no socket asks for it. */
  bool hasWork() const { return !dead_.empty() || !resumed_.empty() || !closing_.empty(); }
  /** Called a few times a second: wakes paused listeners, gives unused memory back. */
  void tick();

  void sendRuns(uint32_t count, bool waits = false);
  void closeClient(uint32_t slot, bool afterOutput);
  void closeAllClients(bool afterOutput);
  void hold(uint32_t slot, int64_t start);
  void resume(uint32_t slot);
  void setNoDelay(uint32_t slot, bool isOn);
  SlotAddress addressOf(uint32_t slot) const;
  void registerSegment(uint32_t index, Segment segment);
  uint32_t connectedClients() const { return connected_; }
  /** What is not taken of the region of big requests. */
  uint64_t freeBigBytes() const { return places_.freeBytes(); }
  uint32_t maxSlots() const { return options_.maxSlots; }

 private:
  struct Scanning;
  struct Growth {
    uint64_t should;
    uint64_t least;
  };

  // reactor.cc: rounds and the life of clients.
  bool isConnected(uint32_t slot) const;
  void reportClosed();
  void rescanResumed();
  void pollSockets();
  void handleClientEvent(uint32_t slot, uint32_t events);
  void settleClosing();
  void freeSpentPlaces();
  void kill(uint32_t slot, CloseReason reason);
  void dropInput(uint32_t slot);
  void spendPlace(uint32_t slot);
  void arm(uint32_t slot, uint32_t events);
  void recordEvent(uint32_t slot, Event kind, uint32_t aux, uint32_t start);

  // reactor-accept.cc: listeners and new clients.
  int addListener(const Listener& listener, uint32_t* id);
  void acceptFrom(uint32_t id);
  bool recoverFromExhaustion(uint32_t id, int error);
  void reportAcceptFailure(int error);
  void pauseListener(uint32_t id);
  void admit(uint32_t listener, int fd, const Endpoint& remote);

  // reactor-input.cc: reading, scanning, keeping what is not complete.
  void readClient(uint32_t slot);
  void readIntoPlace(uint32_t slot);
  void readFailed(uint32_t slot, long result);
  void scanBytes(uint32_t slot, uint32_t begin, uint32_t end, bool hasMore);
  bool scanOne(Scanning& scanning);
  bool topUp(Scanning& scanning);
  bool takeRequest(Scanning& scanning, uint32_t* record, bool inTable);
  bool stopAtError(Scanning& scanning, uint32_t error);
  bool waitForTable(Scanning& scanning);
  bool growArguments(Scanning& scanning);
  void keepPartial(Scanning& scanning, const uint32_t* record, bool inTable);
  void rescanKept(uint32_t slot);
  void retain(uint32_t slot, uint32_t from);
  bool keepBytes(uint32_t slot, uint32_t from, uint32_t end);
  bool keepInPlace(uint32_t slot, const uint8_t* bytes, uint64_t length);
  bool appendToCarry(uint32_t slot, const uint8_t* bytes, uint32_t length);
  static Growth growth(const resp::RequestState& request, uint64_t used);
  bool growPlace(uint32_t slot);
  memory::Place allocatePlace(const Growth& wanted);
  void freePlace(const memory::Place& place);
  void forgetRequest(Client& client);
  void freeCarry(Client& client);
  void forgetBytes(Client& client);
  void updateQueryBytes(uint32_t slot);

  // reactor-output.cc: sending.
  void sendGathered(uint32_t slot, iovec* vectors, int count, bool waits);
  bool queueOutput(uint32_t slot, const iovec* vectors, int count, uint64_t skip);
  bool overOutputLimit(uint32_t slot, uint64_t pending);
  void flushPending(uint32_t slot);
  void chainRuns(uint32_t count);
  const uint8_t* runBytes(const uint32_t* run) const;

  double& stat(uint32_t slot, uint32_t word) {
    return options_.memory.stats[size_t{slot} * kStatsWords + word];
  }
  uint32_t control(uint32_t slot, uint32_t word) const {
    return options_.memory.control[size_t{slot} * kControlWords + word];
  }

  Options options_;
  Settings settings_;
  uint8_t* input_;
  uint32_t* table_;
  int epoll_ = -1;
  /** Given up for a moment to accept and close when no descriptor is left. */
  int reserve_ = -1;

  Client* clients_ = nullptr;
  uint32_t slotsUsed_ = 0;
  uint32_t connected_ = 0;
  std::vector<uint32_t> freeSlots_;
  std::vector<Listener> listeners_;
  std::vector<Segment> segments_;

  uint64_t round_ = 0;
  bool sawEvents_ = false;
  uint32_t records_ = 0;
  uint64_t tableUsed_ = 0;
  uint32_t turnUsed_ = 0;
  memory::PlaceAllocator places_;

  /** While runs are sent: those of each slot, as indices, and the slots that have any. */
  std::vector<RunChain> runChains_;
  std::vector<uint32_t> nextRun_;
  std::vector<uint32_t> runSlots_;

  /** Slots whose CLOSED record is still to come, and those whose came in this turn. */
  std::vector<uint32_t> dead_;
  std::vector<uint32_t> reported_;
  /** Slots with kept bytes to scan again. */
  std::vector<uint32_t> resumed_;
  std::vector<uint32_t> rescanning_;
  /** Slots that may be closed once their output is gone. */
  std::vector<uint32_t> closing_;
  std::vector<uint32_t> spentPlaces_;

  int64_t lastAcceptFailureMs_;
  /** High-water marks: since the last tick, and since memory was given back. */
  uint32_t turnPeak_ = 0;
  uint32_t turnTouched_ = 0;
  uint64_t tablePeak_ = 0;
  uint64_t tableTouched_ = 0;
  epoll_event events_[kEventsPerRound];
};

}  // namespace reactor

#endif  // REDIS_CORE_REACTOR_REACTOR_H_
