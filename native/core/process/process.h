// What a server asks of the system about its own process and Node.js has no door to.
#ifndef REDIS_CORE_PROCESS_PROCESS_H_
#define REDIS_CORE_PROCESS_PROCESS_H_

#include <cstdint>
#include <string>

namespace process {

/** Sets the soft and the hard limit of open files; 0, or the errno of the refusal. */
int setFileLimit(uint64_t files);

/**
 * Sends `state` to the socket of a supervisor (sd_notify(3)): a path, or a name of the abstract
 * namespace behind '@'. 0 or errno.
 */
int notify(const std::string& socketName, const std::string& state);

}  // namespace process

#endif  // REDIS_CORE_PROCESS_PROCESS_H_
