// See transport.h. One TransportBinding per createReactor; it lives until the environment ends, so
// that a function of it that is called late finds it stopped rather than gone.
#include "bind/transport.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include "bind/arguments.h"
#include "bind/event-loop.h"
#include "memory/mapping.h"

namespace binding {

namespace {

class TransportBinding final : public EventLoop::Owner {
 public:
  explicit TransportBinding(napi_env env) : env_(env) {}

  /** Takes the memory and the reactor; 0 or the errno. */
  int open(uint32_t maxSlots, hash::HalfSipKey key);
  /** The object that JavaScript works with. */
  napi_value makeObject();

  /** Null once everything is stopped. */
  reactor::Reactor* reactor() { return reactor_.get(); }
  int start(napi_value onTurn);
  void stop(napi_value onStopped);
  void registerSegment(uint32_t index, napi_value array, const Bytes& bytes);
  /** Runs the turns that are due, for JavaScript that keeps the loop waiting. */
  void poll();
  /** To be called after JavaScript used the reactor. */
  void wake();

 private:
  uint32_t onRecords(uint32_t records) override;
  void onEnter() override;
  void onLeave() override;
  void onClosed() override;
  void closeWhenDrained();
  void endEnvironment();
  uint32_t call(napi_ref function, size_t argumentsCount, uint32_t argument);
  void share(napi_value object, const char* name, void* bytes, size_t length);

  napi_env env_;
  std::unique_ptr<reactor::Reactor> reactor_;
  std::unique_ptr<EventLoop> loop_;
  reactor::SharedMemory memory_;
  size_t controlBytes_ = 0;
  size_t statsBytes_ = 0;
  /** The object with everything that must stay while the reactor points into it. */
  napi_ref kept_ = nullptr;
  napi_ref onTurn_ = nullptr;
  napi_ref onStopped_ = nullptr;
  napi_async_context context_ = nullptr;
  napi_handle_scope scope_ = nullptr;
  napi_callback_scope callbackScope_ = nullptr;
  napi_async_cleanup_hook_handle cleanup_ = nullptr;
  bool isStopping_ = false;
  bool isEnding_ = false;
};

template <typename T>
bool reserveInto(T** pointer, size_t bytes) {
  *pointer = static_cast<T*>(memory::reserve(bytes));
  return *pointer != nullptr;
}

int TransportBinding::open(uint32_t maxSlots, hash::HalfSipKey key) {
  controlBytes_ = size_t{maxSlots} * reactor::kControlWords * sizeof(uint32_t);
  statsBytes_ = size_t{maxSlots} * reactor::kStatsWords * sizeof(double);
  const size_t runsBytes = size_t{reactor::kMaxRuns} * reactor::kRunWords * sizeof(uint32_t);
  if (!reserveInto(&memory_.input, reactor::kInputBytes) ||
      !reserveInto(&memory_.table, reactor::kTableBytes) ||
      !reserveInto(&memory_.output, reactor::kOutputBytes) ||
      !reserveInto(&memory_.runs, runsBytes) || !reserveInto(&memory_.control, controlBytes_) ||
      !reserveInto(&memory_.stats, statsBytes_)) {
    const int error = errno;
    memory::release(memory_.input, reactor::kInputBytes);
    memory::release(memory_.table, reactor::kTableBytes);
    memory::release(memory_.output, reactor::kOutputBytes);
    memory::release(memory_.runs, runsBytes);
    memory::release(memory_.control, controlBytes_);
    return error;
  }
  reactor::Options options;
  options.maxSlots = maxSlots;
  options.hashKey = key;
  options.memory = memory_;
  reactor_ = std::make_unique<reactor::Reactor>(options);
  loop_ = std::make_unique<EventLoop>(*reactor_, *this);
  return reactor_->open();
}

/** Shares a range with JavaScript, which from then on owns it. */
void TransportBinding::share(napi_value object, const char* name, void* bytes, size_t length) {
  napi_value buffer;
  const napi_finalize unmap = [](napi_env, void* data, void* hint) {
    memory::release(data, reinterpret_cast<uintptr_t>(hint));
  };
  if (napi_create_external_arraybuffer(env_, bytes, length, unmap, reinterpret_cast<void*>(length),
                                       &buffer) == napi_ok) {
    addValue(env_, object, name, buffer);
  }
}

int TransportBinding::start(napi_value onTurn) {
  if (onTurn_) return EALREADY;
  napi_value resource;
  napi_value name;
  napi_create_object(env_, &resource);
  napi_create_string_utf8(env_, "redis_reactor", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env_, resource, name, &context_);
  napi_create_reference(env_, onTurn, 1, &onTurn_);
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env_, &loop);
  return loop_->start(loop);
}

void TransportBinding::stop(napi_value onStopped) {
  if (isStopping_ || !reactor_) return;
  isStopping_ = true;
  napi_create_reference(env_, onStopped, 1, &onStopped_);
  reactor_->closeAllListeners();
  reactor_->closeAllClients(true);
  closeWhenDrained();
  wake();
}

void TransportBinding::closeWhenDrained() {
  if (isStopping_ && reactor_ && reactor_->connectedClients() == 0) loop_->close();
}

void TransportBinding::registerSegment(uint32_t index, napi_value array, const Bytes& bytes) {
  napi_value kept;
  napi_get_reference_value(env_, kept_, &kept);
  napi_set_named_property(env_, kept, ("segment" + std::to_string(index)).c_str(), array);
  reactor_->registerSegment(index, {bytes.data, bytes.length});
}

void TransportBinding::poll() {
  if (loop_ && onTurn_) loop_->runRounds();
}

void TransportBinding::wake() {
  if (loop_) loop_->wake();
}

uint32_t TransportBinding::onRecords(uint32_t records) { return call(onTurn_, 1, records); }

uint32_t TransportBinding::call(napi_ref function, size_t argumentsCount, uint32_t argument) {
  napi_value callee;
  napi_value global;
  napi_value number;
  napi_value result = nullptr;
  napi_get_reference_value(env_, function, &callee);
  napi_get_global(env_, &global);
  napi_create_uint32(env_, argument, &number);
  const napi_status status =
      napi_make_callback(env_, context_, global, callee, argumentsCount, &number, &result);
  uint32_t value = 0;
  if (status == napi_ok) {
    napi_get_value_uint32(env_, result, &value);
  } else if (status == napi_pending_exception) {
    napi_value error;
    napi_get_and_clear_last_exception(env_, &error);
    napi_fatal_exception(env_, error);
  }
  return value;
}

void TransportBinding::onEnter() {
  napi_value global;
  napi_open_handle_scope(env_, &scope_);
  napi_get_global(env_, &global);
  // What JavaScript does in promises waits for the end of this scope: by then the replies of every
  // turn have been given away, and their memory may be written again.
  napi_open_callback_scope(env_, global, context_, &callbackScope_);
}

void TransportBinding::onLeave() {
  napi_close_callback_scope(env_, callbackScope_);
  napi_close_handle_scope(env_, scope_);
  closeWhenDrained();
}

void TransportBinding::onClosed() {
  loop_.reset();
  reactor_.reset();
  if (isEnding_) return endEnvironment();
  napi_handle_scope scope;
  napi_open_handle_scope(env_, &scope);
  if (kept_) napi_delete_reference(env_, kept_);
  kept_ = nullptr;
  if (onStopped_) call(onStopped_, 0, 0);
  for (napi_ref* reference : {&onTurn_, &onStopped_}) {
    if (*reference) napi_delete_reference(env_, *reference);
    *reference = nullptr;
  }
  if (context_) napi_async_destroy(env_, context_);
  context_ = nullptr;
  napi_close_handle_scope(env_, scope);
}

void TransportBinding::endEnvironment() {
  isEnding_ = true;
  // Handles must be closed before the loop is; the second call comes from onClosed.
  if (loop_) return loop_->close();
  napi_remove_async_cleanup_hook(cleanup_);
  delete this;
}

/** Reads the binding of a call; null when it is stopped. */
reactor::Reactor* reactorOf(const Arguments& arguments) {
  return static_cast<TransportBinding*>(arguments.data())->reactor();
}

void wake(const Arguments& arguments) { static_cast<TransportBinding*>(arguments.data())->wake(); }

/** configure(maxBulkBytes, maxQueryBytes, keepAliveSeconds) */
napi_value configure(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  int64_t maxBulkBytes = 0;
  int64_t maxQueryBytes = 0;
  uint32_t keepAliveSeconds = 0;
  if (!arguments.readInt64(0, &maxBulkBytes) || !arguments.readInt64(1, &maxQueryBytes) ||
      !arguments.readUint32(2, &keepAliveSeconds)) {
    return nullptr;
  }
  reactor::Settings settings;
  settings.maxBulkBytes = static_cast<uint64_t>(maxBulkBytes);
  settings.maxQueryBytes = static_cast<uint64_t>(maxQueryBytes);
  settings.keepAliveSeconds = static_cast<int>(keepAliveSeconds);
  if (reactor::Reactor* reactor = reactorOf(arguments)) reactor->configure(settings);
  return nullptr;
}

/** listenTcp(ip, port, backlog) -> id, or the negative errno. */
napi_value listenTcp(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  std::string ip;
  uint32_t port = 0;
  uint32_t backlog = 0;
  if (!arguments.readString(0, &ip) || !arguments.readUint32(1, &port) ||
      !arguments.readUint32(2, &backlog)) {
    return nullptr;
  }
  reactor::Reactor* const reactor = reactorOf(arguments);
  uint32_t id = 0;
  int error = EINVAL;
  if (reactor && port <= UINT16_MAX) {
    error = reactor->listenTcp(ip.c_str(), static_cast<uint16_t>(port),
                               static_cast<int>(backlog), &id);
  }
  return makeNumber(env, error != 0 ? -static_cast<double>(error) : id);
}

/** listenUnix(path, mode, backlog) -> id, or the negative errno. */
napi_value listenUnix(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  std::string path;
  uint32_t mode = 0;
  uint32_t backlog = 0;
  if (!arguments.readString(0, &path) || !arguments.readUint32(1, &mode) ||
      !arguments.readUint32(2, &backlog)) {
    return nullptr;
  }
  reactor::Reactor* const reactor = reactorOf(arguments);
  uint32_t id = 0;
  int error = EINVAL;
  if (reactor) {
    error = reactor->listenUnix(path.c_str(), mode, static_cast<int>(backlog), &id);
  }
  return makeNumber(env, error != 0 ? -static_cast<double>(error) : id);
}

/** closeListener(id) */
napi_value closeListener(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t id = 0;
  if (!arguments.readUint32(0, &id)) return nullptr;
  if (reactor::Reactor* reactor = reactorOf(arguments)) reactor->closeListener(id);
  return nullptr;
}

/** listenerPort(id) -> port, 0 for none. */
napi_value listenerPort(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t id = 0;
  if (!arguments.readUint32(0, &id)) return nullptr;
  reactor::Reactor* const reactor = reactorOf(arguments);
  return makeNumber(env, reactor ? reactor->listenerPort(id) : 0);
}

/** start(onTurn) -> 0, or a negative errno. */
napi_value startServing(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  napi_value onTurn;
  if (!arguments.readFunction(0, &onTurn)) return nullptr;
  if (!reactorOf(arguments)) return makeNumber(env, -EINVAL);
  return makeNumber(env, static_cast<TransportBinding*>(arguments.data())->start(onTurn));
}

/** flush(runs, waits) */
napi_value flush(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t runs = 0;
  uint32_t waits = 0;
  if (!arguments.readUint32(0, &runs) || !arguments.readUint32(1, &waits)) return nullptr;
  if (reactor::Reactor* reactor = reactorOf(arguments)) reactor->sendRuns(runs, waits != 0);
  wake(arguments);
  return nullptr;
}

/** close(slot, afterOutput) */
napi_value closeClient(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t slot = 0;
  bool afterOutput = false;
  if (!arguments.readUint32(0, &slot) || !arguments.readBool(1, &afterOutput)) return nullptr;
  if (reactor::Reactor* reactor = reactorOf(arguments)) reactor->closeClient(slot, afterOutput);
  wake(arguments);
  return nullptr;
}

/** closeAll(): closes every client at once. */
napi_value closeAll(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  if (reactor::Reactor* reactor = reactorOf(arguments)) reactor->closeAllClients(false);
  wake(arguments);
  return nullptr;
}

/** hold(slot, start) */
napi_value hold(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t slot = 0;
  int64_t start = 0;
  if (!arguments.readUint32(0, &slot) || !arguments.readInt64(1, &start)) return nullptr;
  if (reactor::Reactor* reactor = reactorOf(arguments)) reactor->hold(slot, start);
  wake(arguments);
  return nullptr;
}

/** setNoDelay(slot, isOn) */
napi_value setNoDelay(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t slot = 0;
  uint32_t isOn = 0;
  if (!arguments.readUint32(0, &slot) || !arguments.readUint32(1, &isOn)) return nullptr;
  if (reactor::Reactor* reactor = reactorOf(arguments)) reactor->setNoDelay(slot, isOn != 0);
  return nullptr;
}

/** poll(): runs the turns that are due; does nothing inside of one. */
napi_value runTurns(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  static_cast<TransportBinding*>(arguments.data())->poll();
  return nullptr;
}

/** resume(slot) */
napi_value resume(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t slot = 0;
  if (!arguments.readUint32(0, &slot)) return nullptr;
  if (reactor::Reactor* reactor = reactorOf(arguments)) reactor->resume(slot);
  wake(arguments);
  return nullptr;
}

/** addressOf(slot) -> {remote, local, remoteIp, isUnix, fd} */
napi_value addressOf(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t slot = 0;
  if (!arguments.readUint32(0, &slot)) return nullptr;
  reactor::SlotAddress address;
  if (reactor::Reactor* reactor = reactorOf(arguments)) address = reactor->addressOf(slot);
  napi_value object;
  napi_value isUnix;
  if (napi_create_object(env, &object) != napi_ok) return nullptr;
  addString(env, object, "remote", address.remote);
  addString(env, object, "local", address.local);
  addString(env, object, "remoteIp", address.remoteIp);
  napi_get_boolean(env, address.isUnix, &isUnix);
  addValue(env, object, "isUnix", isUnix);
  addNumber(env, object, "fd", address.fd);
  return object;
}

/** registerSegment(index, bytes) */
napi_value addSegment(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t index = 0;
  Bytes bytes;
  if (!arguments.readUint32(0, &index) || !arguments.readBytes(1, &bytes)) return nullptr;
  if (reactorOf(arguments)) {
    static_cast<TransportBinding*>(arguments.data())
        ->registerSegment(index, arguments.at(1), bytes);
  }
  return nullptr;
}

/** stop(onStopped): see Transport.stop; the caller cuts the grace short with closeAll. */
napi_value stopServing(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  napi_value onStopped;
  if (!arguments.readFunction(0, &onStopped)) return nullptr;
  static_cast<TransportBinding*>(arguments.data())->stop(onStopped);
  return nullptr;
}

napi_value TransportBinding::makeObject() {
  napi_value object;
  if (napi_create_object(env_, &object) != napi_ok) return nullptr;
  share(object, "input", memory_.input, reactor::kInputBytes);
  share(object, "table", memory_.table, reactor::kTableBytes);
  share(object, "output", memory_.output, reactor::kOutputBytes);
  share(object, "runs", memory_.runs,
        size_t{reactor::kMaxRuns} * reactor::kRunWords * sizeof(uint32_t));
  share(object, "control", memory_.control, controlBytes_);
  share(object, "stats", memory_.stats, statsBytes_);
  addFunction(env_, object, "configure", configure, this);
  addFunction(env_, object, "listenTcp", listenTcp, this);
  addFunction(env_, object, "listenUnix", listenUnix, this);
  addFunction(env_, object, "closeListener", closeListener, this);
  addFunction(env_, object, "listenerPort", listenerPort, this);
  addFunction(env_, object, "start", startServing, this);
  addFunction(env_, object, "flush", flush, this);
  addFunction(env_, object, "close", closeClient, this);
  addFunction(env_, object, "closeAll", closeAll, this);
  addFunction(env_, object, "hold", hold, this);
  addFunction(env_, object, "setNoDelay", setNoDelay, this);
  addFunction(env_, object, "poll", runTurns, this);
  addFunction(env_, object, "resume", resume, this);
  addFunction(env_, object, "addressOf", addressOf, this);
  addFunction(env_, object, "registerSegment", addSegment, this);
  addFunction(env_, object, "stop", stopServing, this);
  napi_create_reference(env_, object, 1, &kept_);
  napi_add_async_cleanup_hook(
      env_,
      [](napi_async_cleanup_hook_handle, void* self) {
        static_cast<TransportBinding*>(self)->endEnvironment();
      },
      this, &cleanup_);
  return object;
}

/** createReactor(maxSlots, key0, key1) -> the object of makeObject; throws without memory. */
napi_value createReactor(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t maxSlots = 0;
  hash::HalfSipKey key;
  if (!arguments.readUint32(0, &maxSlots) || !arguments.readUint32(1, &key.word0) ||
      !arguments.readUint32(2, &key.word1)) {
    return nullptr;
  }
  if (maxSlots == 0 || maxSlots > reactor::kMaxSlots) {
    napi_throw_range_error(env, nullptr, "maxSlots is out of range");
    return nullptr;
  }
  auto* const binding = new TransportBinding(env);
  const int error = binding->open(maxSlots, key);
  if (error != 0) {
    delete binding;
    napi_throw_error(env, nullptr, std::strerror(error));
    return nullptr;
  }
  return binding->makeObject();
}

}  // namespace

void addTransport(napi_env env, napi_value exports) {
  addFunction(env, exports, "createReactor", createReactor, nullptr);
}

}  // namespace binding
