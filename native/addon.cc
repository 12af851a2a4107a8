// The export table of the addon. Every door has a typed TypeScript side in src/native/.
#include <node_api.h>

#include "bind/algorithms.h"
#include "bind/process.h"
#include "bind/transport.h"

NAPI_MODULE_INIT() {
  binding::addAlgorithms(env, exports);
  binding::addProcess(env, exports);
  binding::addTransport(env, exports);
  return exports;
}
