// See listener.h.
#include "reactor/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace reactor {

namespace {

void setOption(int fd, int level, int name, int value) {
  // None of these options is worth refusing to serve for.
  (void)setsockopt(fd, level, name, &value, sizeof value);
}

int fail(int fd) {
  const int error = errno;
  if (fd >= 0) close(fd);
  return error;
}

socklen_t parseAddress(const char* ip, uint16_t port, sockaddr_storage* address) {
  std::memset(address, 0, sizeof *address);
  sockaddr_in v4 = {};
  if (inet_pton(AF_INET, ip, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(address, &v4, sizeof v4);
    return sizeof v4;
  }
  sockaddr_in6 v6 = {};
  if (inet_pton(AF_INET6, ip, &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(address, &v6, sizeof v6);
    return sizeof v6;
  }
  return 0;
}

}  // namespace

void setKeepAlive(int fd, int seconds) {
  setOption(fd, SOL_SOCKET, SO_KEEPALIVE, seconds > 0 ? 1 : 0);
  if (seconds <= 0) return;
  setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  // Three probes within a third of the interval each, as Redis sets them.
  setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, std::max(1, seconds / 3));
  setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

void setNoDelay(int fd, bool isOn) { setOption(fd, IPPROTO_TCP, TCP_NODELAY, isOn ? 1 : 0); }

int openTcpListener(const char* ip, uint16_t port, int backlog, int keepAliveSeconds,
                    Listener* listener) {
  sockaddr_storage address;
  const socklen_t length = parseAddress(ip, port, &address);
  if (length == 0) return EINVAL;
  const int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  setNoDelay(fd, true);
  if (address.ss_family == AF_INET6) setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  setKeepAlive(fd, keepAliveSeconds);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0) return fail(fd);
  if (listen(fd, backlog) != 0) return fail(fd);
  listener->fd = fd;
  listener->isUnix = false;
  listener->paused = false;
  return 0;
}

int openUnixListener(const char* path, uint32_t mode, int backlog, Listener* listener) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const size_t length = std::strlen(path);
  if (length == 0) return EINVAL;
  if (length >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path, length);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  // A socket file outlives its server; what is left of a former one would refuse the bind. Any
  // other kind of file is somebody's data and stays.
  struct stat existing;
  if (lstat(path, &existing) == 0 && S_ISSOCK(existing.st_mode)) (void)unlink(path);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return fail(fd);
  if (mode != 0 && chmod(path, mode) != 0) return fail(fd);
  if (listen(fd, backlog) != 0) return fail(fd);
  listener->fd = fd;
  listener->isUnix = true;
  listener->paused = false;
  listener->path = path;
  return 0;
}

void closeListener(Listener* listener) {
  if (listener->fd < 0) return;
  close(listener->fd);
  listener->fd = -1;
  if (listener->isUnix) (void)unlink(listener->path.c_str());
}

uint16_t localPort(int fd) {
  sockaddr_storage address = {};
  socklen_t length = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  }
  return 0;
}

}  // namespace reactor
