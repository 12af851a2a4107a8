// Listening sockets: how they are made and what they accept with.
#ifndef REDIS_CORE_REACTOR_LISTENER_H_
#define REDIS_CORE_REACTOR_LISTENER_H_

#include <cstdint>
#include <string>

namespace reactor {

struct Listener {
  int fd = -1;
  bool isUnix = false;
  /** Taken out of epoll for a moment, because accepting is impossible. */
  bool paused = false;
  std::string path;
};

/** Listens on an IP literal. Returns 0 or the errno. Accepted sockets inherit its options. */
int openTcpListener(const char* ip, uint16_t port, int backlog, int keepAliveSeconds,
                    Listener* listener);

/** Listens on a path, after removing what is there; `mode` 0 leaves the umask's permission. */
int openUnixListener(const char* path, uint32_t mode, int backlog, Listener* listener);

void closeListener(Listener* listener);

/** Linux hands these options of a listening socket down to the sockets it accepts. */
void setKeepAlive(int fd, int seconds);

/** Whether small pieces leave at once, or wait until there is more (Nagle). No matter for others. */
void setNoDelay(int fd, bool isOn);

/** The local port of a TCP socket, 0 if it has none. */
uint16_t localPort(int fd);

}  // namespace reactor

#endif  // REDIS_CORE_REACTOR_LISTENER_H_
