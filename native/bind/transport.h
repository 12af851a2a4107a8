// The reactor on Node's event loop: one uv_poll on its epoll descriptor, one call of JavaScript per
// round, shared memory as external ArrayBuffers.
#ifndef REDIS_BIND_TRANSPORT_H_
#define REDIS_BIND_TRANSPORT_H_

#include <node_api.h>

namespace binding {

/** Adds createReactor and layout to `exports`. */
void addTransport(napi_env env, napi_value exports);

}  // namespace binding

#endif  // REDIS_BIND_TRANSPORT_H_
