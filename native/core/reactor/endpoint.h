// One end of a connection, kept small because every idle client holds two.
#ifndef REDIS_CORE_REACTOR_ENDPOINT_H_
#define REDIS_CORE_REACTOR_ENDPOINT_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace reactor {

struct Endpoint {
  enum Family : uint8_t { kNone, kIpv4, kIpv6 };

  Family family = kNone;
  uint16_t port = 0;
  uint8_t ip[16] = {};

  static Endpoint from(const sockaddr_storage& address);

  /** The address alone, empty for a family without one. */
  std::string ipText() const;
  /** `127.0.0.1:6379` or `[::1]:6379`, as CLIENT LIST shows it. */
  std::string text() const;
};

}  // namespace reactor

#endif  // REDIS_CORE_REACTOR_ENDPOINT_H_
