// Drives a whole reactor over real sockets with random clients and a random server: pieces of any
// size, slow readers, resets, hold and resume, closing, small regions that are full all the time.
// Every request must arrive as it was sent and in order, every reply byte in its place, every
// client must end with one CLOSED, and nothing may be left over.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "memory/mapping.h"
#include "reactor/reactor.h"
#include "resp/record.h"
#include "test/random-source.h"

namespace {

constexpr uint32_t kPatternPeriod = 251;
constexpr uint32_t kPatternBytes = 1 << 20;
constexpr uint32_t kSlots = 8;
constexpr time_t kMostSecondsToEnd = 60;

struct Request {
  std::vector<std::string> parts;
  bool isInline = false;
};

std::string encode(const Request& request) {
  if (request.isInline) return request.parts[0] + "\r\n";
  std::string bytes = "*" + std::to_string(request.parts.size()) + "\r\n";
  for (const std::string& part : request.parts) {
    bytes += "$" + std::to_string(part.size()) + "\r\n" + part + "\r\n";
  }
  return bytes;
}

/** One peer: what it sends, and what it must get. */
struct Peer {
  int fd = -1;
  uint16_t port = 0;
  std::vector<Request> requests;
  std::string unsent;
  bool isShut = false;
  /** What comes after the requests breaks the protocol. */
  bool endsInError = false;
  /** The limits for strangers end with this request. */
  size_t authenticatesAt = 0;
  bool isStranger = false;
  bool hasOutputLimit = false;
  /** The server's side. */
  size_t delivered = 0;
  uint64_t replied = 0;
  uint64_t received = 0;
  bool isAccepted = false;
  bool isHeld = false;
  bool isClosing = false;
  bool isClosed = false;
  bool sawEnd = false;
};

uint32_t recordWords(const uint32_t* record) {
  if (!(record[1] & resp::kEventBit)) return resp::kRecordHeaderWords + 2 * record[1];
  return record[1] == (resp::kEventBit | resp::kEventInline) ? resp::kInlineRecordWords
                                                             : resp::kRecordHeaderWords;
}

class Fuzzer {
 public:
  Fuzzer(uint64_t seed, const reactor::SharedMemory& memory)
      : seed_(seed), random_(seed), memory_(memory) {}

  void run();

 private:
  void connectPeer();
  void sendSome(Peer& peer);
  void receiveSome(Peer& peer, bool everything);
  void endPeer(Peer& peer);
  void round();
  void deliver(uint32_t slot, const uint32_t* record);
  void event(const uint32_t* record, uint32_t kind);
  void reply(uint32_t slot, Peer& peer);
  void flush();
  Peer& peerOf(uint32_t slot);
  Request randomRequest(bool isSmall);
  void accepted(uint32_t slot, Peer& peer);

  uint64_t seed_;
  test::RandomSource random_;
  reactor::SharedMemory memory_;
  std::unique_ptr<reactor::Reactor> reactor_;
  uint16_t port_ = 0;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::map<uint32_t, Peer*> bySlot_;
  std::vector<uint32_t> ignored_;
  uint32_t runs_ = 0;
};

Request Fuzzer::randomRequest(bool isSmall) {
  Request request;
  if (random_.chance(10)) {
    request.isInline = true;
    const uint32_t length = random_.between(1, random_.chance(10) ? 65000 : 100);
    request.parts.emplace_back(length, 'i');
    return request;
  }
  const bool isLong = !isSmall && random_.chance(3);
  const uint32_t count = isLong ? random_.between(100, 20000) : random_.between(1, 5);
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t longest = isLong ? 3 : !isSmall && random_.chance(10) ? 200000 : 200;
    request.parts.emplace_back(random_.below(longest), static_cast<char>('a' + random_.below(26)));
  }
  return request;
}

void Fuzzer::connectPeer() {
  auto peer = std::make_unique<Peer>();
  peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (random_.chance(50)) {
    const int small = 4096;
    setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(connect(peer->fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, seed_);
  fcntl(peer->fd, F_SETFL, O_NONBLOCK);
  socklen_t length = sizeof address;
  getsockname(peer->fd, reinterpret_cast<sockaddr*>(&address), &length);
  peer->port = ntohs(address.sin_port);
  const uint32_t count = random_.below(30);
  peer->isStranger = count > 0 && random_.chance(30);
  peer->authenticatesAt = peer->isStranger ? random_.below(count) : 0;
  peer->hasOutputLimit = random_.chance(20);
  for (uint32_t i = 0; i < count; i++) {
    peer->requests.push_back(randomRequest(peer->isStranger && i <= peer->authenticatesAt));
    peer->unsent += encode(peer->requests.back());
    if (random_.chance(10)) peer->unsent += "\r\n";
  }
  peer->endsInError = random_.chance(20);
  if (peer->endsInError) peer->unsent += "*1\r\nwrong\r\n" + encode(randomRequest(true));
  peers_.push_back(std::move(peer));
}

void Fuzzer::sendSome(Peer& peer) {
  if (peer.fd < 0 || peer.isShut || peer.unsent.empty()) return;
  const uint32_t longest = random_.chance(30) ? 20 : 300000;
  const size_t length = std::min<size_t>(peer.unsent.size(), random_.between(1, longest));
  const ssize_t sent = send(peer.fd, peer.unsent.data(), length, MSG_NOSIGNAL);
  if (sent > 0) peer.unsent.erase(0, static_cast<size_t>(sent));
}

void Fuzzer::receiveSome(Peer& peer, bool everything) {
  if (peer.fd < 0) return;
  uint8_t bytes[65536];
  for (;;) {
    const ssize_t length = recv(peer.fd, bytes, sizeof bytes, 0);
    if (length <= 0) {
      if (length == 0 || errno != EAGAIN) peer.sawEnd = true;
      return;
    }
    for (ssize_t i = 0; i < length; i++) {
      CHECK(bytes[i] == (peer.received + static_cast<uint64_t>(i)) % kPatternPeriod, seed_);
    }
    peer.received += static_cast<uint64_t>(length);
    CHECK(peer.received <= peer.replied, seed_);
    if (!everything) return;
  }
}

void Fuzzer::endPeer(Peer& peer) {
  if (peer.fd < 0 || peer.isShut) return;
  switch (random_.below(3)) {
    case 0:
      shutdown(peer.fd, SHUT_WR);
      peer.isShut = true;
      return;
    case 1: {
      const linger reset = {1, 0};
      setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      break;
    }
    default:
      break;
  }
  close(peer.fd);
  peer.fd = -1;
}

Peer& Fuzzer::peerOf(uint32_t slot) {
  const auto found = bySlot_.find(slot);
  CHECK(found != bySlot_.end(), seed_);
  return *found->second;
}

void Fuzzer::flush() {
  reactor_->sendRuns(runs_, random_.chance(30));
  runs_ = 0;
}

/** The pattern continues where the last reply ended, so a lost or doubled byte is seen. */
void Fuzzer::reply(uint32_t slot, Peer& peer) {
  for (uint32_t i = random_.below(4); i > 0; i--) {
    const uint32_t length = random_.below(random_.chance(10) ? 700000 : 300);
    uint32_t* const run = memory_.runs + size_t{runs_} * reactor::kRunWords;
    run[0] = slot;
    run[1] = random_.below(2);
    run[2] = static_cast<uint32_t>(peer.replied % kPatternPeriod);
    run[3] = length;
    peer.replied += length;
    if (++runs_ == 100) flush();
  }
}

void Fuzzer::deliver(uint32_t slot, const uint32_t* record) {
  Peer& peer = peerOf(slot);
  if (std::find(ignored_.begin(), ignored_.end(), slot) != ignored_.end()) return;
  CHECK(!peer.isHeld && !peer.isClosed, seed_);
  if (peer.isClosing) return;
  CHECK(peer.delivered < peer.requests.size(), seed_);
  const Request& expected = peer.requests[peer.delivered];
  const bool isInline = record[1] == (resp::kEventBit | resp::kEventInline);
  CHECK(isInline == expected.isInline, seed_);
  CHECK(isInline || record[1] == expected.parts.size(), seed_);
  for (size_t i = 0; i < expected.parts.size(); i++) {
    const std::string& part = expected.parts[i];
    const uint32_t* const pair = record + resp::kRecordHeaderWords + 2 * i;
    CHECK(pair[1] == part.size(), seed_);
    CHECK(std::memcmp(memory_.input + pair[0], part.data(), pair[1]) == 0, seed_);
  }
  if (random_.chance(15)) {
    ignored_.push_back(slot);
    peer.isHeld = true;
    return reactor_->hold(slot, record[4]);
  }
  if (peer.delivered == peer.authenticatesAt) memory_.control[size_t{slot} * 4] = 0;
  peer.delivered++;
  reply(slot, peer);
  if (random_.chance(2)) {
    peer.isClosing = true;
    reactor_->closeClient(slot, random_.chance(50));
  } else if (random_.chance(3)) {
    peer.isHeld = true;
    ignored_.push_back(slot);
    const uint32_t* const next = record + recordWords(record);
    reactor_->hold(slot, next[0] == slot ? int64_t{next[4]} : -1);
  }
}

void Fuzzer::accepted(uint32_t slot, Peer& peer) {
  peer.isAccepted = true;
  uint32_t* const control = memory_.control + size_t{slot} * reactor::kControlWords;
  CHECK(control[0] == 0 && control[1] == 0, seed_);
  control[reactor::kControlFlags] = peer.isStranger ? reactor::kFlagUnauthenticated : 0;
  control[reactor::kControlOutputLimitKib] = peer.hasOutputLimit ? 100 : 0;
  if (random_.chance(50)) {
    const int small = 4096;
    setsockopt(reactor_->addressOf(slot).fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  }
}

void Fuzzer::event(const uint32_t* record, uint32_t kind) {
  if (kind == reactor::kEventAccepted) {
    const reactor::SlotAddress address = reactor_->addressOf(record[0]);
    for (const auto& peer : peers_) {
      if (peer->isAccepted || address.remote != "127.0.0.1:" + std::to_string(peer->port)) continue;
      CHECK(bySlot_.emplace(record[0], peer.get()).second, seed_);
      return accepted(record[0], *peer);
    }
    CHECK(false, seed_);
  }
  Peer& peer = peerOf(record[0]);
  if (kind == reactor::kEventProtocolError) {
    if (std::find(ignored_.begin(), ignored_.end(), record[0]) != ignored_.end()) return;
    if (peer.isClosing) return;
    CHECK(peer.endsInError && peer.delivered == peer.requests.size(), seed_);
    CHECK(record[2] == (resp::kExpectedDollar | uint32_t{'w'} << 8), seed_);
    reply(record[0], peer);
    peer.isClosing = true;
    return reactor_->closeClient(record[0], true);
  }
  CHECK(kind == reactor::kEventClosed, seed_);
  const uint32_t reason = record[2];
  CHECK(reason != reactor::kClosedQueryLimit || peer.delivered < peer.requests.size(), seed_);
  CHECK(reason != reactor::kClosedOutputLimit || peer.hasOutputLimit, seed_);
  CHECK(reason != reactor::kClosedUnauthenticatedOutput || peer.isStranger, seed_);
  CHECK(reason != reactor::kClosedByServer || peer.isClosing, seed_);
  const bool isPeersDoing = reason == reactor::kClosedByPeer || reason == reactor::kClosedByError;
  CHECK(!isPeersDoing || peer.isShut || peer.fd < 0, seed_);
  CHECK(reactor_->addressOf(record[0]).fd == -1, seed_);
  peer.isClosed = true;
  bySlot_.erase(record[0]);
}

void Fuzzer::round() {
  ignored_.clear();
  const uint32_t records = reactor_->beginRound();
  const uint32_t* record = memory_.table;
  for (uint32_t i = 0; i < records; i++) {
    const uint32_t kind = record[1] & ~resp::kEventBit;
    const bool isEvent = (record[1] & resp::kEventBit) && kind != resp::kEventInline;
    if (isEvent) {
      event(record, kind);
    } else {
      deliver(record[0], record);
    }
    record += recordWords(record);
  }
  CHECK(record[0] == reactor::kNoSlot, seed_);
  reactor_->finishRound(runs_);
  runs_ = 0;
  for (const auto& [slot, peer] : bySlot_) {
    if (!peer->isHeld || !random_.chance(40)) continue;
    peer->isHeld = false;
    reactor_->resume(slot);
  }
  if (random_.chance(2)) reactor_->tick();
}

void Fuzzer::run() {
  reactor::Options options;
  options.maxSlots = kSlots;
  options.memory = memory_;
  options.tableWords = random_.chance(40) ? reactor::kTableWords : random_.between(30, 60000);
  options.turnBytes = random_.chance(50) ? reactor::kInputBigAt : random_.between(200000, 400000);
  options.bigBytes = random_.chance(50) ? 64 << 20 : 4096 * random_.between(100, 400);
  reactor_ = std::make_unique<reactor::Reactor>(options);
  CHECK(reactor_->open() == 0, seed_);
  reactor::Settings settings;
  settings.maxQueryBytes = random_.chance(50) ? 1u << 30 : random_.between(100000, 1000000);
  reactor_->configure(settings);
  uint32_t listener = 0;
  CHECK(reactor_->listenTcp("127.0.0.1", 0, 511, &listener) == 0, seed_);
  port_ = reactor_->listenerPort(listener);
  reactor_->registerSegment(0, {memory_.output, kPatternBytes});
  for (int step = 0; step < 400; step++) {
    if (peers_.size() < kSlots && random_.chance(20)) connectPeer();
    for (const auto& peer : peers_) {
      if (random_.chance(60)) sendSome(*peer);
      if (random_.chance(40)) receiveSome(*peer, false);
      if (random_.chance(1) && random_.chance(30)) endPeer(*peer);
    }
    round();
  }
  // Now everything that can come to an end must do so.
  const time_t deadline = time(nullptr) + kMostSecondsToEnd;
  for (int step = 0; reactor_->connectedClients() > 0; step++) {
    // Tiny windows make TCP wait for its timers, so the limit is one of time.
    CHECK(time(nullptr) < deadline, seed_);
    if (step > 1000) usleep(200);
    for (const auto& peer : peers_) {
      sendSome(*peer);
      receiveSome(*peer, true);
      if (peer->fd >= 0 && !peer->isShut && peer->unsent.empty()) {
        shutdown(peer->fd, SHUT_WR);
        peer->isShut = true;
      }
      if (peer->sawEnd && peer->fd >= 0) {
        close(peer->fd);
        peer->fd = -1;
      }
    }
    round();
  }
  for (const auto& peer : peers_) {
    if (peer->fd >= 0) close(peer->fd);
  }
  CHECK(bySlot_.empty() && !reactor_->hasWork(), seed_);
  CHECK(reactor_->freeBigBytes() == options.bigBytes, seed_);
  reactor_.reset();
}

}  // namespace

int main(int argc, char** argv) {
  const test::RunPlan plan = test::readPlan(argc, argv, 20);
  reactor::SharedMemory memory;
  memory.input = static_cast<uint8_t*>(memory::reserve(reactor::kInputBytes));
  memory.table = static_cast<uint32_t*>(memory::reserve(reactor::kTableBytes));
  memory.output = static_cast<uint8_t*>(memory::reserve(reactor::kOutputBytes));
  memory.runs = static_cast<uint32_t*>(memory::reserve(reactor::kMaxRuns * 16));
  memory.control = static_cast<uint32_t*>(memory::reserve(4096));
  memory.stats = static_cast<double*>(memory::reserve(4096));
  for (uint32_t i = 0; i < kPatternBytes; i++) {
    memory.output[i] = static_cast<uint8_t>(i % kPatternPeriod);
  }
  for (uint64_t i = 0; i < plan.runs; i++) Fuzzer(plan.firstSeed + i, memory).run();
  std::printf("%llu reactors driven\n", static_cast<unsigned long long>(plan.runs));
  return 0;
}
