// Sending; see reactor.h. What the socket does not take at once is copied before the turn ends, so
// the server may reuse its output memory; the order of a client's bytes never changes.
#include <sys/socket.h>

#include <cerrno>

#include "reactor/reactor.h"

namespace reactor {

namespace {

uint64_t totalBytes(const iovec* vectors, int count) {
  uint64_t total = 0;
  for (int i = 0; i < count; i++) total += vectors[i].iov_len;
  return total;
}

/** Bytes taken; 0 when the socket is full; -1 with errno. */
ssize_t sendVectors(int fd, iovec* vectors, int count) {
  for (;;) {
    ssize_t sent;
    if (count == 1) {
      sent = send(fd, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL);
    } else {
      msghdr message = {};
      message.msg_iov = vectors;
      message.msg_iovlen = static_cast<size_t>(count);
      sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    }
    if (sent >= 0) return sent;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
  }
}

}  // namespace

/** The bytes that a run means, or null when it lies outside its source. */
const uint8_t* Reactor::runBytes(const uint32_t* run) const {
  const uint64_t end = uint64_t{run[2]} + run[3];
  if (run[1] == 0) return end <= kOutputBytes ? options_.memory.output + run[2] : nullptr;
  const size_t index = size_t{run[1]} - 1;
  if (index >= segments_.size() || end > segments_[index].length) return nullptr;
  return segments_[index].bytes + run[2];
}

/** Chains the runs of each slot in their order; `runSlots_` has the slots. */
void Reactor::chainRuns(uint32_t count) {
  if (nextRun_.empty()) nextRun_.resize(kMaxRuns);
  if (runChains_.size() < slotsUsed_) runChains_.resize(slotsUsed_, RunChain{kNoRun, kNoRun});
  const uint32_t* run = options_.memory.runs;
  for (uint32_t index = 0; index < count; index++, run += kRunWords) {
    if (run[0] >= slotsUsed_) continue;
    RunChain& chain = runChains_[run[0]];
    if (chain.first == kNoRun) {
      chain.first = index;
      runSlots_.push_back(run[0]);
    } else {
      nextRun_[chain.last] = index;
    }
    chain.last = index;
    nextRun_[index] = kNoRun;
  }
}

/**
 * Sends the runs of each slot together, wherever they stand: messages to a subscriber lie between
 * the replies to those who publish, and a call for each would take most of the time.
 */
void Reactor::sendRuns(uint32_t count, bool waits) {
  if (count > kMaxRuns) count = kMaxRuns;
  chainRuns(count);
  iovec vectors[kMaxGather];
  for (const uint32_t slot : runSlots_) {
    uint32_t index = runChains_[slot].first;
    runChains_[slot].first = kNoRun;
    while (index != kNoRun) {
      int gathered = 0;
      for (; index != kNoRun && gathered < kMaxGather; index = nextRun_[index]) {
        const uint32_t* run = options_.memory.runs + size_t{index} * kRunWords;
        const uint8_t* bytes = runBytes(run);
        if (!bytes || run[3] == 0) continue;
        vectors[gathered].iov_base = const_cast<uint8_t*>(bytes);
        vectors[gathered].iov_len = run[3];
        gathered++;
      }
      if (gathered > 0 && isConnected(slot)) sendGathered(slot, vectors, gathered, waits);
    }
  }
  runSlots_.clear();
}

/** @param waits takes the bytes over and sends none before the next poll. */
void Reactor::sendGathered(uint32_t slot, iovec* vectors, int count, bool waits) {
  Client& client = clients_[slot];
  const uint64_t total = totalBytes(vectors, count);
  uint64_t sent = 0;
  if (client.output.empty() && !waits) {
    const ssize_t result = sendVectors(client.fd, vectors, count);
    if (result < 0) return kill(slot, kClosedByError);
    sent = static_cast<uint64_t>(result);
    stat(slot, kStatsBytesOut) += static_cast<double>(sent);
    if (sent == total) return;
  }
  const uint64_t pending = client.output.bytes() + (total - sent);
  if (overOutputLimit(slot, pending)) return;
  if (!queueOutput(slot, vectors, count, sent)) return kill(slot, kClosedByError);
  stat(slot, kStatsPendingOutput) = static_cast<double>(pending);
  arm(slot, client.armed | EPOLLOUT);
}

/** Closes the client, before anything is copied, when so much may not wait for it. */
bool Reactor::overOutputLimit(uint32_t slot, uint64_t pending) {
  const uint64_t limit = uint64_t{control(slot, kControlOutputLimitKib)} * 1024;
  if (limit != 0 && pending > limit) {
    kill(slot, kClosedOutputLimit);
    return true;
  }
  const bool unauthenticated = control(slot, kControlFlags) & kFlagUnauthenticated;
  if (unauthenticated && pending > kUnauthenticatedMaxPendingBytes) {
    kill(slot, kClosedUnauthenticatedOutput);
    return true;
  }
  return false;
}

bool Reactor::queueOutput(uint32_t slot, const iovec* vectors, int count, uint64_t skip) {
  OutputQueue& output = clients_[slot].output;
  for (int i = 0; i < count; i++) {
    const uint8_t* bytes = static_cast<const uint8_t*>(vectors[i].iov_base);
    const size_t length = vectors[i].iov_len;
    if (skip >= length) {
      skip -= length;
      continue;
    }
    if (!output.append(bytes + skip, length - skip)) return false;
    skip = 0;
  }
  return true;
}

void Reactor::flushPending(uint32_t slot) {
  Client& client = clients_[slot];
  iovec vectors[kMaxGather];
  const int count = client.output.gather(vectors, kMaxGather);
  if (count > 0) {
    const ssize_t sent = sendVectors(client.fd, vectors, count);
    if (sent < 0) return kill(slot, kClosedByError);
    client.output.consume(static_cast<uint64_t>(sent));
    stat(slot, kStatsBytesOut) += static_cast<double>(sent);
    stat(slot, kStatsPendingOutput) = static_cast<double>(client.output.bytes());
  }
  if (!client.output.empty()) return;
  if (client.state == ClientState::kClosing) return kill(slot, kClosedByServer);
  arm(slot, client.armed & ~EPOLLOUT);
  if (control(slot, kControlFlags) & kFlagTellsDrained) recordEvent(slot, kEventDrained, 0, 0);
}

}  // namespace reactor
