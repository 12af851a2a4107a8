// Reading, scanning, and keeping what is not complete; see reactor.h.
//
// Where the bytes of a request are: what arrives goes to the turn's region, right behind what is
// already there. A request that is not complete when its client's bytes end is kept until the next
// read: up to 32 KiB in a block of its own (copied back in front of what comes next, so that a
// request is contiguous), above that in a place, where the rest is received without copying.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "memory/mapping.h"
#include "reactor/reactor.h"
#include "resp/record.h"

namespace reactor {

namespace {

constexpr uint32_t kFewestArgumentsKept = 16;
/** Retained bytes up to this size are copied out of a place rather than keeping the place. */
constexpr uint64_t kCopyOutOfPlaceBytes = kReadBytes;

}  // namespace

/** One pass over the bytes of one client. */
struct Reactor::Scanning {
  uint32_t slot;
  uint32_t at;
  uint32_t end;
  resp::Limits limits;
  /** The read before took all it asked for, so the socket likely has more. */
  bool hasMore;
};

void Reactor::readClient(uint32_t slot) {
  Client& client = clients_[slot];
  if (client.place.exists()) return readIntoPlace(slot);
  const uint32_t base = turnUsed_;
  const uint32_t kept = client.carryUsed;
  // Level-triggered epoll reports the client again, so a full region only ends the round for it.
  if (options_.turnBytes - base < uint64_t{kept} + kReadBytes) return;
  uint8_t* const fresh = input_ + base + kept;
  const ssize_t received = recv(client.fd, fresh, kReadBytes, 0);
  if (received <= 0) return readFailed(slot, received);
  const uint32_t length = static_cast<uint32_t>(received);
  stat(slot, kStatsBytesIn) += static_cast<double>(received);
  if (kept != 0) {
    if (uint64_t{kept} + length < client.request.wanted()) {
      if (appendToCarry(slot, fresh, length)) updateQueryBytes(slot);
      return;
    }
    std::memcpy(input_ + base, client.carry, kept);
    client.carryUsed = 0;
  }
  turnUsed_ = base + kept + length;
  scanBytes(slot, base, turnUsed_, length == kReadBytes);
}

void Reactor::readIntoPlace(uint32_t slot) {
  Client& client = clients_[slot];
  if (client.placeUsed == client.place.capacity && !growPlace(slot)) return;
  const uint64_t wantedEnd = client.placeBegin + client.request.wanted();
  uint64_t room = std::min<uint64_t>(client.place.capacity - client.placeUsed, kBigReadBytes);
  // The request after this one belongs to the turn's region, so the last argument ends the read.
  const bool isLast = client.request.bulk >= 0 && client.request.done + 1 == client.request.count;
  if (isLast) room = std::min(room, wantedEnd - client.placeUsed);
  const ssize_t received =
      recv(client.fd, input_ + client.place.offset + client.placeUsed, room, 0);
  if (received <= 0) return readFailed(slot, received);
  stat(slot, kStatsBytesIn) += static_cast<double>(received);
  client.placeUsed += static_cast<uint64_t>(received);
  if (client.placeUsed < wantedEnd) return updateQueryBytes(slot);
  rescanKept(slot);
}

void Reactor::readFailed(uint32_t slot, long result) {
  if (result == 0) return kill(slot, kClosedByPeer);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return;
  kill(slot, kClosedByError);
}

/** Scans the bytes that are kept: in the place, or copied to the turn's region. */
void Reactor::rescanKept(uint32_t slot) {
  Client& client = clients_[slot];
  client.rescan = false;
  if (client.place.exists()) {
    const uint32_t begin = static_cast<uint32_t>(client.place.offset + client.placeBegin);
    const uint32_t end = static_cast<uint32_t>(client.place.offset + client.placeUsed);
    client.turnPlace = client.place;
    client.place = {};
    spendPlace(slot);
    return scanBytes(slot, begin, end, false);
  }
  const uint32_t base = turnUsed_;
  std::memcpy(input_ + base, client.carry, client.carryUsed);
  turnUsed_ = base + client.carryUsed;
  client.carryUsed = 0;
  scanBytes(slot, base, turnUsed_, false);
}

void Reactor::scanBytes(uint32_t slot, uint32_t begin, uint32_t end, bool hasMore) {
  Client& client = clients_[slot];
  client.round = round_;
  client.turnBegin = begin;
  client.turnEnd = end;
  client.turnRecords = 0;
  const bool unauthenticated = control(slot, kControlFlags) & kFlagUnauthenticated;
  const resp::Limits limits = {settings_.maxBulkBytes, unauthenticated};
  Scanning scanning = {slot, begin, end, limits, hasMore};
  while (scanning.at < scanning.end && scanOne(scanning)) {
  }
  if (client.carryUsed == 0) freeCarry(client);
  if (isConnected(slot)) updateQueryBytes(slot);
}

/** Deals with one request; false when nothing more of these bytes can be scanned in this round. */
bool Reactor::scanOne(Scanning& scanning) {
  Client& client = clients_[scanning.slot];
  const uint64_t tableRoom = options_.tableWords - 1 - tableUsed_;
  if (tableRoom < resp::kInlineRecordWords + 2) return waitForTable(scanning);
  uint32_t* const record = table_ + tableUsed_;
  const bool inTable = client.request.done == 0;
  const uint64_t pairsRoom = (tableRoom - resp::kRecordHeaderWords) / 2;
  const resp::ArgumentList list =
      inTable ? resp::ArgumentList{record + resp::kRecordHeaderWords,
                                   static_cast<uint32_t>(pairsRoom), scanning.at}
              : resp::ArgumentList{client.arguments, client.argumentsRoom, 0};
  resp::Scan scan;
  do {
    scan = resp::scanRequest(input_ + scanning.at, scanning.end - scanning.at, scanning.limits,
                             list, client.request);
  } while (scan.outcome == resp::Outcome::kIncomplete && topUp(scanning));
  switch (scan.outcome) {
    case resp::Outcome::kRequest:
      if (!takeRequest(scanning, record, inTable)) return false;
      break;
    case resp::Outcome::kInline:
      resp::writeInline(record, scanning.slot, scanning.at, scan.lineLength);
      tableUsed_ += resp::kInlineRecordWords;
      records_++;
      client.turnRecords++;
      break;
    case resp::Outcome::kNothing:
      break;
    case resp::Outcome::kError:
      return stopAtError(scanning, scan.error);
    case resp::Outcome::kNoRoom:
      return inTable ? waitForTable(scanning) : growArguments(scanning);
    case resp::Outcome::kIncomplete:
      keepPartial(scanning, record, inTable);
      return false;
  }
  forgetRequest(client);
  scanning.at += scan.end;
  return true;
}

/**
 * Receives the rest of a moderately big argument right behind what the last read brought, which
 * spares moving it to a place. False when there is nothing to gain or nothing there.
 */
bool Reactor::topUp(Scanning& scanning) {
  Client& client = clients_[scanning.slot];
  if (!scanning.hasMore || client.request.bulk < 0 || scanning.end != turnUsed_) return false;
  const uint64_t missing = client.request.wanted() - (scanning.end - scanning.at);
  if (missing > kTopUpBytes || missing > options_.turnBytes - turnUsed_) return false;
  const ssize_t received = recv(client.fd, input_ + turnUsed_, missing, 0);
  // The end of the stream, or an error, is met again by the next read.
  if (received <= 0) return false;
  stat(scanning.slot, kStatsBytesIn) += static_cast<double>(received);
  turnUsed_ += static_cast<uint32_t>(received);
  scanning.end = turnUsed_;
  client.turnEnd = turnUsed_;
  return true;
}

/** Completes the record of a request whose arguments are all known. */
bool Reactor::takeRequest(Scanning& scanning, uint32_t* record, bool inTable) {
  Client& client = clients_[scanning.slot];
  const uint32_t count = client.request.count;
  if (!inTable) {
    const uint64_t words = resp::kRecordHeaderWords + 2 * uint64_t{count};
    if (words > options_.tableWords - 1 - tableUsed_) return waitForTable(scanning);
    for (uint64_t i = 0; i < count; i++) {
      record[resp::kRecordHeaderWords + 2 * i] = scanning.at + client.arguments[2 * i];
      record[resp::kRecordHeaderWords + 2 * i + 1] = client.arguments[2 * i + 1];
    }
  }
  resp::writeRequest(record, scanning.slot, count, input_, scanning.at, options_.hashKey);
  tableUsed_ += resp::kRecordHeaderWords + 2 * uint64_t{count};
  records_++;
  client.turnRecords++;
  return true;
}

/** Records a protocol error; always false, because nothing after it can be understood. */
bool Reactor::stopAtError(Scanning& scanning, uint32_t error) {
  Client& client = clients_[scanning.slot];
  const uint32_t kind = error & 0xff;
  const bool isLimitOfStrangers =
      kind == resp::kUnauthenticatedCount || kind == resp::kUnauthenticatedBulk;
  // An AUTH before it in this very turn may lift the limit, so the request is looked at again.
  if (isLimitOfStrangers && client.turnRecords > 0) {
    retain(scanning.slot, scanning.at);
    return false;
  }
  recordEvent(scanning.slot, kEventProtocolError, error, scanning.at);
  client.turnRecords++;
  forgetRequest(client);
  client.broken = true;
  return false;
}

/** The table has no room for the request: it is scanned anew in the next round. Always false. */
bool Reactor::waitForTable(Scanning& scanning) {
  // A request that does not even fit into an empty table never will.
  if (tableUsed_ == 0) {
    kill(scanning.slot, kClosedQueryLimit);
  } else {
    retain(scanning.slot, scanning.at);
  }
  return false;
}

/** Makes room for more arguments of a request that began in an earlier round. */
bool Reactor::growArguments(Scanning& scanning) {
  Client& client = clients_[scanning.slot];
  const uint64_t room = uint64_t{client.argumentsRoom} * 2;
  const uint64_t bytes = room * 2 * sizeof(uint32_t);
  void* grown = room > options_.tableWords || bytes > settings_.maxQueryBytes
                    ? nullptr
                    : std::realloc(client.arguments, bytes);
  if (!grown) {
    kill(scanning.slot, kClosedQueryLimit);
    return false;
  }
  client.arguments = static_cast<uint32_t*>(grown);
  client.argumentsRoom = static_cast<uint32_t>(room);
  return true;
}

/** Keeps the bytes from `scanning.at` on, which begin a request that is not complete. */
void Reactor::keepPartial(Scanning& scanning, const uint32_t* record, bool inTable) {
  Client& client = clients_[scanning.slot];
  const uint32_t done = client.request.done;
  if (inTable && done > 0) {
    const uint32_t room = std::max(done, kFewestArgumentsKept);
    void* kept = std::realloc(client.arguments, uint64_t{room} * 2 * sizeof(uint32_t));
    if (!kept) return kill(scanning.slot, kClosedByError);
    client.arguments = static_cast<uint32_t*>(kept);
    client.argumentsRoom = room;
    for (uint64_t i = 0; i < done; i++) {
      client.arguments[2 * i] = record[resp::kRecordHeaderWords + 2 * i] - scanning.at;
      client.arguments[2 * i + 1] = record[resp::kRecordHeaderWords + 2 * i + 1];
    }
  }
  if (client.turnPlace.exists() && client.turnRecords == 0) {
    client.place = client.turnPlace;
    client.turnPlace = {};
    client.placeBegin = scanning.at - client.place.offset;
    client.placeUsed = scanning.end - client.place.offset;
    return;
  }
  keepBytes(scanning.slot, scanning.at, scanning.end);
}

/** Copies bytes of this turn to where they wait; false when the client had to be closed. */
bool Reactor::keepBytes(uint32_t slot, uint32_t from, uint32_t end) {
  Client& client = clients_[slot];
  const uint64_t length = end - from;
  const uint64_t wanted =
      client.request.bulk >= 0 ? std::max(client.request.wanted(), length) : length;
  if (!client.rescan && wanted > kMaxCarryBytes) {
    return keepInPlace(slot, input_ + from, length);
  }
  return appendToCarry(slot, input_ + from, static_cast<uint32_t>(length));
}

/** The first bytes of a big request go to a place of their own. */
bool Reactor::keepInPlace(uint32_t slot, const uint8_t* bytes, uint64_t length) {
  Client& client = clients_[slot];
  const memory::Place place = allocatePlace(growth(client.request, length));
  if (!place.exists()) {
    kill(slot, kClosedQueryLimit);
    return false;
  }
  std::memcpy(input_ + place.offset, bytes, length);
  client.place = place;
  client.placeBegin = 0;
  client.placeUsed = length;
  return true;
}

bool Reactor::appendToCarry(uint32_t slot, const uint8_t* bytes, uint32_t length) {
  Client& client = clients_[slot];
  const uint32_t used = client.carryUsed + length;
  if (used > client.carryRoom) {
    // An argument whose length is known gets its room at once; keepBytes put longer ones elsewhere.
    const uint64_t wanted = client.request.bulk >= 0 ? client.request.wanted() : 0;
    const uint64_t room = std::max<uint64_t>(used, wanted);
    void* grown = std::realloc(client.carry, room);
    if (!grown) {
      kill(slot, kClosedByError);
      return false;
    }
    client.carry = static_cast<uint8_t*>(grown);
    client.carryRoom = static_cast<uint32_t>(room);
  }
  std::memcpy(client.carry + client.carryUsed, bytes, length);
  client.carryUsed = used;
  return true;
}

/**
 * Keeps everything from `from` to the end of this turn's bytes, to be scanned from there again:
 * what was understood of it is forgotten. The client may have been closed afterwards.
 */
void Reactor::retain(uint32_t slot, uint32_t from) {
  Client& client = clients_[slot];
  const uint64_t length = client.turnEnd - from;
  const uint64_t placeAt = client.place.offset;
  forgetRequest(client);
  client.broken = false;
  client.rescan = true;
  if (!client.held) resumed_.push_back(slot);
  if (client.place.exists() && from >= placeAt && from < placeAt + client.place.capacity) {
    client.placeBegin = from - placeAt;
  } else {
    // What was kept before is a part of what is kept now.
    freePlace(client.place);
    client.place = {};
    client.carryUsed = 0;
    if (client.turnPlace.exists() && length > kCopyOutOfPlaceBytes) {
      client.place = client.turnPlace;
      client.turnPlace = {};
      client.placeBegin = from - client.place.offset;
      client.placeUsed = client.turnEnd - client.place.offset;
    } else if (!keepBytes(slot, from, client.turnEnd)) {
      return;
    }
  }
  updateQueryBytes(slot);
}

/**
 * How much a place should hold and must hold: exactly the announced argument where that is known,
 * else twice what is there, so that receiving a request copies it a constant number of times.
 */
Reactor::Growth Reactor::growth(const resp::RequestState& request, uint64_t used) {
  const uint64_t least = used + std::max<uint64_t>(used / 2, kBigReadBytes);
  if (request.bulk < 0) return {std::max(used * 2, least), least};
  const uint64_t exact = std::max(request.wanted(), used + 1);
  return {exact, std::min(exact, least)};
}

bool Reactor::growPlace(uint32_t slot) {
  Client& client = clients_[slot];
  const uint64_t length = client.placeUsed - client.placeBegin;
  const Growth wanted = growth(client.request, length);
  if (places_.extend(client.place, client.placeBegin + wanted.should)) return true;
  const memory::Place grown = allocatePlace(wanted);
  if (!grown.exists()) {
    kill(slot, kClosedQueryLimit);
    return false;
  }
  std::memcpy(input_ + grown.offset, input_ + client.place.offset + client.placeBegin, length);
  freePlace(client.place);
  client.place = grown;
  client.placeBegin = 0;
  client.placeUsed = length;
  return true;
}

/**
 * A place as it should be, or else as it must be. When there is none, takes back what other clients
 * announced but have not sent, so that announcing alone cannot use the region up.
 */
memory::Place Reactor::allocatePlace(const Growth& wanted) {
  memory::Place place = places_.allocate(wanted.should);
  if (!place.exists()) place = places_.allocate(wanted.least);
  if (place.exists()) return place;
  for (uint32_t slot = 0; slot < slotsUsed_; slot++) {
    Client& client = clients_[slot];
    if (client.place.exists()) places_.shrink(client.place, client.placeUsed);
  }
  return places_.allocate(wanted.least);
}

void Reactor::freePlace(const memory::Place& place) {
  if (!place.exists()) return;
  const uint64_t residentEnd = kInputBigAt + kResidentPlacesBytes;
  const uint64_t end = place.offset + place.capacity;
  const uint64_t from = std::max(place.offset, residentEnd);
  if (from < end) memory::discard(input_ + from, end - from);
  places_.free(place);
}

void Reactor::forgetRequest(Client& client) {
  client.request = resp::RequestState();
  if (!client.arguments) return;
  std::free(client.arguments);
  client.arguments = nullptr;
  client.argumentsRoom = 0;
}

void Reactor::freeCarry(Client& client) {
  std::free(client.carry);
  client.carry = nullptr;
  client.carryUsed = 0;
  client.carryRoom = 0;
}

void Reactor::forgetBytes(Client& client) {
  forgetRequest(client);
  freeCarry(client);
  freePlace(client.place);
  client.place = {};
  client.rescan = false;
}

/** Publishes what is kept for the client, and closes one that is kept too much for. */
void Reactor::updateQueryBytes(uint32_t slot) {
  Client& client = clients_[slot];
  const uint64_t kept = client.place.exists() ? client.placeUsed - client.placeBegin
                                              : uint64_t{client.carryUsed};
  const uint64_t bytes = kept + uint64_t{client.argumentsRoom} * 2 * sizeof(uint32_t);
  stat(slot, kStatsQueryBytes) = static_cast<double>(bytes);
  if (bytes > settings_.maxQueryBytes) kill(slot, kClosedQueryLimit);
}

}  // namespace reactor
