// Doors to core/process: limits of the process and its supervisor.
#ifndef REDIS_BIND_PROCESS_H_
#define REDIS_BIND_PROCESS_H_

#include <node_api.h>

namespace binding {

/** Adds setFileLimit and notifySupervisor to `exports`. */
void addProcess(napi_env env, napi_value exports);

}  // namespace binding

#endif  // REDIS_BIND_PROCESS_H_
