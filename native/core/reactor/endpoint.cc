// See endpoint.h.
#include "reactor/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace reactor {

Endpoint Endpoint::from(const sockaddr_storage& address) {
  Endpoint endpoint;
  if (address.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    endpoint.family = kIpv4;
    endpoint.port = ntohs(v4.sin_port);
    std::memcpy(endpoint.ip, &v4.sin_addr, 4);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    endpoint.family = kIpv6;
    endpoint.port = ntohs(v6.sin6_port);
    std::memcpy(endpoint.ip, &v6.sin6_addr, 16);
  }
  return endpoint;
}

std::string Endpoint::ipText() const {
  if (family == kNone) return std::string();
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family == kIpv4 ? AF_INET : AF_INET6, ip, text, sizeof text);
  return text;
}

std::string Endpoint::text() const {
  if (family == kNone) return std::string();
  const std::string portText = ":" + std::to_string(port);
  if (family == kIpv6) return "[" + ipText() + "]" + portText;
  return ipText() + portText;
}

}  // namespace reactor
