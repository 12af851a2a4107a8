// See event-loop.h.
#include "bind/event-loop.h"

namespace binding {

namespace {

constexpr int kMostRoundsPerWake = 8;
constexpr uint64_t kTickMs = 250;

}  // namespace

int EventLoop::start(uv_loop_t* loop) {
  int error = uv_poll_init(loop, &poll_, reactor_.pollDescriptor());
  if (error != 0) return error;
  uv_idle_init(loop, &idle_);
  uv_timer_init(loop, &timer_);
  openHandles_ = 3;
  poll_.data = this;
  idle_.data = this;
  timer_.data = this;
  error = uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t* handle, int, int) {
    static_cast<EventLoop*>(handle->data)->runRounds();
  });
  if (error != 0) return error;
  uv_timer_start(
      &timer_,
      [](uv_timer_t* handle) { static_cast<EventLoop*>(handle->data)->reactor_.tick(); }, kTickMs,
      kTickMs);
  uv_unref(reinterpret_cast<uv_handle_t*>(&timer_));
  wake();
  return 0;
}

void EventLoop::runRounds() {
  if (inRounds_ || closing_) return;
  inRounds_ = true;
  owner_.onEnter();
  for (int round = 0; round < kMostRoundsPerWake && !closing_; round++) {
    const uint32_t records = reactor_.beginRound();
    reactor_.finishRound(records > 0 ? owner_.onRecords(records) : 0);
    if (!reactor_.sawEvents() && !reactor_.hasWork()) break;
  }
  inRounds_ = false;
  owner_.onLeave();
  wake();
}

void EventLoop::wake() {
  if (inRounds_ || !isRunning()) return;
  // An idle handle makes the loop poll without waiting, so its next iteration runs the rounds.
  const bool isNeeded = reactor_.hasWork();
  if (isNeeded == isIdleActive_) return;
  isIdleActive_ = isNeeded;
  if (isNeeded) {
    uv_idle_start(&idle_, [](uv_idle_t* handle) {
      static_cast<EventLoop*>(handle->data)->runRounds();
    });
  } else {
    uv_idle_stop(&idle_);
  }
}

void EventLoop::close() {
  if (closing_) return;
  closing_ = true;
  if (openHandles_ == 0) return owner_.onClosed();
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), onHandleClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&idle_), onHandleClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), onHandleClosed);
}

void EventLoop::onHandleClosed(uv_handle_t* handle) {
  EventLoop* self = static_cast<EventLoop*>(handle->data);
  if (--self->openHandles_ == 0) self->owner_.onClosed();
}

}  // namespace binding
