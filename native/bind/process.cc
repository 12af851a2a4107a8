// See process.h.
#include "bind/process.h"

#include <string>

#include "bind/arguments.h"
#include "process/process.h"

namespace binding {

namespace {

/** setFileLimit(files) -> 0 or errno */
napi_value setFileLimit(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  int64_t files = 0;
  if (!arguments.readInt64(0, &files)) return nullptr;
  return makeNumber(env, process::setFileLimit(static_cast<uint64_t>(files)));
}

/** notifySupervisor(socketName, state) -> 0 or errno */
napi_value notifySupervisor(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  std::string socketName;
  std::string state;
  if (!arguments.readString(0, &socketName) || !arguments.readString(1, &state)) return nullptr;
  return makeNumber(env, process::notify(socketName, state));
}

}  // namespace

void addProcess(napi_env env, napi_value exports) {
  addFunction(env, exports, "setFileLimit", setFileLimit, nullptr);
  addFunction(env, exports, "notifySupervisor", notifySupervisor, nullptr);
}

}  // namespace binding
