// Doors to single algorithms of core/: hashes, memory advice, and the scanner for tests.
#ifndef REDIS_BIND_ALGORITHMS_H_
#define REDIS_BIND_ALGORITHMS_H_

#include <node_api.h>

namespace binding {

/** Adds halfSipHash13, memoryAdvise and scan to `exports`. */
void addAlgorithms(napi_env env, napi_value exports);

}  // namespace binding

#endif  // REDIS_BIND_ALGORITHMS_H_
