// Listeners and new clients; see reactor.h. Accepting neither spins nor stops when descriptors or
// memory run out.
#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <new>

#include "reactor/reactor.h"

namespace reactor {

namespace {

constexpr int64_t kAcceptFailureEveryMs = 1000;

int64_t nowMs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

/** Errors of one connection that was gone before it was accepted; the next may be fine. */
bool isOfOneConnection(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EPERM:
      return true;
    default:
      return false;
  }
}

}  // namespace

int Reactor::addListener(const Listener& listener, uint32_t* id) {
  *id = static_cast<uint32_t>(listeners_.size());
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = uint64_t{1} << 32 | *id;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, listener.fd, &event) != 0) return errno;
  listeners_.push_back(listener);
  return 0;
}

int Reactor::listenTcp(const char* ip, uint16_t port, int backlog, uint32_t* id) {
  Listener listener;
  int error = openTcpListener(ip, port, backlog, settings_.keepAliveSeconds, &listener);
  if (error == 0) error = addListener(listener, id);
  if (error != 0) reactor::closeListener(&listener);
  return error;
}

int Reactor::listenUnix(const char* path, uint32_t mode, int backlog, uint32_t* id) {
  Listener listener;
  int error = openUnixListener(path, mode, backlog, &listener);
  if (error == 0) error = addListener(listener, id);
  if (error != 0) reactor::closeListener(&listener);
  return error;
}

void Reactor::closeListener(uint32_t id) {
  // The entry stays: clients that came through it still name it.
  if (id < listeners_.size()) reactor::closeListener(&listeners_[id]);
}

void Reactor::closeAllListeners() {
  for (Listener& listener : listeners_) reactor::closeListener(&listener);
}

uint16_t Reactor::listenerPort(uint32_t id) const {
  if (id >= listeners_.size() || listeners_[id].fd < 0 || listeners_[id].isUnix) return 0;
  return localPort(listeners_[id].fd);
}

void Reactor::acceptFrom(uint32_t id) {
  for (int i = 0; i < kAcceptsPerRound; i++) {
    if (id >= listeners_.size() || listeners_[id].fd < 0 || listeners_[id].paused) return;
    sockaddr_storage address = {};
    socklen_t length = sizeof address;
    const int fd = accept4(listeners_[id].fd, reinterpret_cast<sockaddr*>(&address), &length,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      admit(id, fd, Endpoint::from(address));
      continue;
    }
    const int error = errno;
    if (error == EAGAIN || error == EWOULDBLOCK) return;
    if (isOfOneConnection(error)) continue;
    reportAcceptFailure(error);
    if (!recoverFromExhaustion(id, error)) return pauseListener(id);
  }
}

/**
 * Out of descriptors: uses the reserved one to accept the waiting connection and close it, so that
 * its client learns of it and the listener does not report it for ever.
 */
bool Reactor::recoverFromExhaustion(uint32_t id, int error) {
  if (error != EMFILE && error != ENFILE) return false;
  if (reserve_ < 0) return false;
  close(reserve_);
  const int fd = accept4(listeners_[id].fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) close(fd);
  reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  return fd >= 0;
}

void Reactor::reportAcceptFailure(int error) {
  const int64_t now = nowMs();
  if (now - lastAcceptFailureMs_ < kAcceptFailureEveryMs) return;
  lastAcceptFailureMs_ = now;
  recordEvent(0, kEventAcceptFailed, static_cast<uint32_t>(error), 0);
}

void Reactor::pauseListener(uint32_t id) {
  (void)epoll_ctl(epoll_, EPOLL_CTL_DEL, listeners_[id].fd, nullptr);
  listeners_[id].paused = true;
  if (reserve_ < 0) reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void Reactor::admit(uint32_t listener, int fd, const Endpoint& remote) {
  uint32_t slot = slotsUsed_;
  if (!freeSlots_.empty()) {
    slot = freeSlots_.back();
    freeSlots_.pop_back();
  } else if (slotsUsed_ < options_.maxSlots) {
    slotsUsed_++;
    new (&clients_[slot]) Client();
  } else {
    close(fd);
    return;
  }
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.u64 = slot;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
    reportAcceptFailure(errno);
    close(fd);
    freeSlots_.push_back(slot);
    return;
  }
  Client& client = clients_[slot];
  client.fd = fd;
  client.state = ClientState::kOpen;
  client.armed = event.events;
  client.listener = listener;
  client.remote = remote;
  if (remote.family != Endpoint::kNone) {
    sockaddr_storage local = {};
    socklen_t length = sizeof local;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length) == 0) {
      client.local = Endpoint::from(local);
    }
  }
  for (uint32_t word = 0; word < kStatsWords; word++) stat(slot, word) = 0;
  for (uint32_t word = 0; word < kControlWords; word++) {
    options_.memory.control[size_t{slot} * kControlWords + word] = 0;
  }
  connected_++;
  recordEvent(slot, kEventAccepted, listener, 0);
}

}  // namespace reactor
