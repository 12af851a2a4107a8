// Rounds, and the life of clients; see reactor.h.
#include "reactor/reactor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "memory/mapping.h"
#include "resp/record.h"

namespace reactor {

namespace {

constexpr uint32_t kReading = EPOLLIN | EPOLLRDHUP;
/** Unused memory below this size is kept: the next burst would only fault it in again. */
constexpr uint32_t kKeepTouchedBytes = 1u << 20;

}  // namespace

Reactor::Reactor(const Options& options)
    : options_(options),
      input_(options.memory.input),
      table_(options.memory.table),
      places_(kInputBigAt, kInputBigAt + options.bigBytes),
      lastAcceptFailureMs_(-1000) {
  options_.maxSlots = std::clamp<uint32_t>(options.maxSlots, 1, kMaxSlots);
}

Reactor::~Reactor() {
  closeAllListeners();
  for (uint32_t slot = 0; slot < slotsUsed_; slot++) {
    Client& client = clients_[slot];
    if (client.fd >= 0) close(client.fd);
    forgetBytes(client);
    client.output.clear();
  }
  memory::release(clients_, sizeof(Client) * size_t{options_.maxSlots});
  if (reserve_ >= 0) close(reserve_);
  if (epoll_ >= 0) close(epoll_);
}

int Reactor::open() {
  clients_ = static_cast<Client*>(memory::reserve(sizeof(Client) * size_t{options_.maxSlots}));
  if (!clients_) return errno;
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return errno;
  reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  return 0;
}

void Reactor::configure(const Settings& settings) {
  settings_ = settings;
  for (const Listener& listener : listeners_) {
    if (listener.fd >= 0 && !listener.isUnix) setKeepAlive(listener.fd, settings.keepAliveSeconds);
  }
}

uint32_t Reactor::beginRound() {
  round_++;
  records_ = 0;
  tableUsed_ = 0;
  turnUsed_ = 0;
  settleClosing();
  reportClosed();
  rescanResumed();
  pollSockets();
  // Who looks one record too far shall not take a former turn's for one of this turn.
  table_[tableUsed_] = kNoSlot;
  turnPeak_ = std::max(turnPeak_, turnUsed_);
  tablePeak_ = std::max(tablePeak_, tableUsed_);
  return records_;
}

void Reactor::finishRound(uint32_t runs) {
  sendRuns(runs);
  settleClosing();
  freeSpentPlaces();
  for (const uint32_t slot : reported_) {
    clients_[slot].~Client();
    new (&clients_[slot]) Client();
    freeSlots_.push_back(slot);
    connected_--;
  }
  reported_.clear();
}

void Reactor::reportClosed() {
  for (const uint32_t slot : dead_) {
    recordEvent(slot, kEventClosed, clients_[slot].closeReason, 0);
    clients_[slot].state = ClientState::kReported;
    reported_.push_back(slot);
  }
  dead_.clear();
}

void Reactor::rescanResumed() {
  if (resumed_.empty()) return;
  rescanning_.swap(resumed_);
  for (const uint32_t slot : rescanning_) {
    Client& client = clients_[slot];
    if (client.state != ClientState::kOpen || client.held || !client.rescan) continue;
    if (client.round == round_ || options_.turnBytes - turnUsed_ < client.carryUsed) {
      resumed_.push_back(slot);
    } else {
      rescanKept(slot);
    }
  }
  rescanning_.clear();
}

void Reactor::pollSockets() {
  const int count = epoll_wait(epoll_, events_, kEventsPerRound, 0);
  sawEvents_ = count > 0;
  for (int i = 0; i < count; i++) {
    const uint64_t tag = events_[i].data.u64;
    if (tag >> 32) {
      acceptFrom(static_cast<uint32_t>(tag));
    } else {
      handleClientEvent(static_cast<uint32_t>(tag), events_[i].events);
    }
  }
}

bool Reactor::isConnected(uint32_t slot) const {
  if (slot >= slotsUsed_) return false;
  const ClientState state = clients_[slot].state;
  return state == ClientState::kOpen || state == ClientState::kClosing;
}

void Reactor::handleClientEvent(uint32_t slot, uint32_t events) {
  if (!isConnected(slot)) return;
  Client& client = clients_[slot];
  if (events & EPOLLOUT) {
    flushPending(slot);
    if (!isConnected(slot)) return;
  }
  if (client.state == ClientState::kClosing) {
    // The peer may have ended its side and still wait for the reply, so only an error ends it here.
    if (events & (EPOLLERR | EPOLLHUP)) return kill(slot, kClosedByError);
    return arm(slot, client.armed & ~kReading);
  }
  if (!(events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))) return;
  if (client.held || client.broken) {
    if (events & EPOLLERR) return kill(slot, kClosedByError);
    if (events & (EPOLLRDHUP | EPOLLHUP)) return kill(slot, kClosedByPeer);
    // Most held clients send nothing; only one that does pays for the change.
    return arm(slot, client.armed & ~EPOLLIN);
  }
  if (client.rescan || client.round == round_) return;
  readClient(slot);
}

void Reactor::settleClosing() {
  for (size_t i = 0; i < closing_.size(); i++) {
    const uint32_t slot = closing_[i];
    Client& client = clients_[slot];
    if (client.state == ClientState::kClosing && client.output.empty()) {
      kill(slot, kClosedByServer);
    }
  }
  closing_.clear();
}

void Reactor::freeSpentPlaces() {
  for (const uint32_t slot : spentPlaces_) {
    Client& client = clients_[slot];
    freePlace(client.turnPlace);
    client.turnPlace = {};
    client.placeSpent = false;
  }
  spentPlaces_.clear();
}

void Reactor::kill(uint32_t slot, CloseReason reason) {
  if (!isConnected(slot)) return;
  Client& client = clients_[slot];
  if (client.state == ClientState::kClosing && client.remote.family != Endpoint::kNone) {
    // Closing a socket with unread bytes resets it, and a reset may overtake the last reply.
    (void)recv(client.fd, nullptr, kKeepTouchedBytes, MSG_TRUNC | MSG_DONTWAIT);
  }
  close(client.fd);
  client.fd = -1;
  client.output.clear();
  stat(slot, kStatsPendingOutput) = 0;
  dropInput(slot);
  client.state = ClientState::kDead;
  client.closeReason = reason;
  dead_.push_back(slot);
}

void Reactor::dropInput(uint32_t slot) {
  Client& client = clients_[slot];
  // Records of this turn may point into a place that was kept for later; it lives till the end.
  if (client.place.exists() && client.round == round_ && !client.turnPlace.exists()) {
    client.turnPlace = client.place;
    client.place = {};
    spendPlace(slot);
  }
  forgetBytes(client);
  stat(slot, kStatsQueryBytes) = 0;
}

void Reactor::spendPlace(uint32_t slot) {
  if (clients_[slot].placeSpent) return;
  clients_[slot].placeSpent = true;
  spentPlaces_.push_back(slot);
}

void Reactor::arm(uint32_t slot, uint32_t events) {
  Client& client = clients_[slot];
  if (client.armed == events) return;
  epoll_event event = {};
  event.events = events;
  event.data.u64 = slot;
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, client.fd, &event) == 0) client.armed = events;
}

void Reactor::recordEvent(uint32_t slot, Event kind, uint32_t aux, uint32_t start) {
  resp::writeEvent(table_ + tableUsed_, slot, kind, aux, start);
  tableUsed_ += resp::kRecordHeaderWords;
  records_++;
}

void Reactor::closeClient(uint32_t slot, bool afterOutput) {
  if (!isConnected(slot)) return;
  if (!afterOutput) return kill(slot, kClosedByServer);
  Client& client = clients_[slot];
  if (client.state == ClientState::kClosing) return;
  client.state = ClientState::kClosing;
  dropInput(slot);
  closing_.push_back(slot);
}

void Reactor::closeAllClients(bool afterOutput) {
  for (uint32_t slot = 0; slot < slotsUsed_; slot++) closeClient(slot, afterOutput);
}

void Reactor::hold(uint32_t slot, int64_t start) {
  if (slot >= slotsUsed_ || clients_[slot].state != ClientState::kOpen) return;
  Client& client = clients_[slot];
  client.held = true;
  const bool isOfThisTurn = client.round == round_ && start >= client.turnBegin &&
                            start < client.turnEnd;
  if (isOfThisTurn) retain(slot, static_cast<uint32_t>(start));
}

void Reactor::resume(uint32_t slot) {
  if (slot >= slotsUsed_ || clients_[slot].state != ClientState::kOpen) return;
  Client& client = clients_[slot];
  if (!client.held) return;
  client.held = false;
  if (client.rescan) resumed_.push_back(slot);
  arm(slot, client.armed | kReading);
}

void Reactor::setNoDelay(uint32_t slot, bool isOn) {
  if (slot >= slotsUsed_ || clients_[slot].state != ClientState::kOpen) return;
  reactor::setNoDelay(clients_[slot].fd, isOn);
}

SlotAddress Reactor::addressOf(uint32_t slot) const {
  SlotAddress address;
  if (slot >= slotsUsed_ || clients_[slot].state == ClientState::kFree) return address;
  const Client& client = clients_[slot];
  address.fd = client.fd;
  const Listener& listener = listeners_[client.listener];
  address.isUnix = listener.isUnix;
  if (listener.isUnix) {
    address.remote = listener.path + ":0";
    address.local = address.remote;
  } else {
    address.remote = client.remote.text();
    address.local = client.local.text();
    address.remoteIp = client.remote.ipText();
  }
  return address;
}

void Reactor::registerSegment(uint32_t index, Segment segment) {
  if (index >= segments_.size()) segments_.resize(size_t{index} + 1);
  segments_[index] = segment;
}

void Reactor::tick() {
  for (uint32_t id = 0; id < listeners_.size(); id++) {
    Listener& listener = listeners_[id];
    if (!listener.paused || listener.fd < 0) continue;
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u64 = uint64_t{1} << 32 | id;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, listener.fd, &event) == 0) listener.paused = false;
  }
  turnTouched_ = std::max(turnTouched_, turnPeak_);
  const uint32_t keepTurn = std::max(turnPeak_, kKeepTouchedBytes);
  if (turnTouched_ > keepTurn) {
    memory::discard(input_ + keepTurn, turnTouched_ - keepTurn);
    turnTouched_ = keepTurn;
  }
  tableTouched_ = std::max(tableTouched_, tablePeak_);
  const uint64_t keepTable = std::max<uint64_t>(tablePeak_, kKeepTouchedBytes / sizeof(uint32_t));
  if (tableTouched_ > keepTable) {
    memory::discard(table_ + keepTable, (tableTouched_ - keepTable) * sizeof(uint32_t));
    tableTouched_ = keepTable;
  }
  turnPeak_ = 0;
  tablePeak_ = 0;
}

}  // namespace reactor
