// See process.h.
#include "process/process.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace process {

int setFileLimit(uint64_t files) {
  rlimit limit;
  limit.rlim_cur = files;
  limit.rlim_max = files;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? 0 : errno;
}

int notify(const std::string& socketName, const std::string& state) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (socketName.empty() || (socketName[0] != '/' && socketName[0] != '@')) return EINVAL;
  if (socketName.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, socketName.data(), socketName.size());
  if (socketName[0] == '@') address.sun_path[0] = '\0';
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  // An abstract name ends where the address ends, so no zero may be counted with it.
  const socklen_t length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socketName.size());
  const ssize_t sent = sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
                              reinterpret_cast<sockaddr*>(&address), length);
  const int error = sent < 0 ? errno : 0;
  close(fd);
  return error;
}

}  // namespace process
