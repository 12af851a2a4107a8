// Drives a reactor on a libuv loop. It knows no JavaScript: the owner gives it what to call for the
// records of a round. Several rounds run per wake-up while sockets keep having something, but not
// so many that timers would starve.
#ifndef REDIS_BIND_EVENT_LOOP_H_
#define REDIS_BIND_EVENT_LOOP_H_

#include <uv.h>

#include <cstdint>

#include "reactor/reactor.h"

namespace binding {

class EventLoop {
 public:
  class Owner {
   public:
    /** Works on the records of a round; returns the number of runs to send. */
    virtual uint32_t onRecords(uint32_t records) = 0;
    /** All handles are closed; the last call. */
    virtual void onClosed() = 0;
    /** A series of rounds begins, and has ended. */
    virtual void onEnter() = 0;
    virtual void onLeave() = 0;

   protected:
    ~Owner() = default;
  };

  EventLoop(reactor::Reactor& reactor, Owner& owner) : reactor_(reactor), owner_(owner) {}

  /** Returns 0 or a libuv error. */
  int start(uv_loop_t* loop);
  /** Runs the turns that are due; nothing inside of one. */
  void runRounds();
  bool isRunning() const { return openHandles_ > 0 && !closing_; }
  /** To be called after JavaScript used the reactor: makes sure that pending work gets a round. */
  void wake();
  /** Closes the handles; onClosed comes later, or at once when it was never started. */
  void close();

 private:
  static void onHandleClosed(uv_handle_t* handle);

  reactor::Reactor& reactor_;
  Owner& owner_;
  uv_poll_t poll_;
  uv_idle_t idle_;
  uv_timer_t timer_;
  int openHandles_ = 0;
  bool closing_ = false;
  bool inRounds_ = false;
  bool isIdleActive_ = false;
};

}  // namespace binding

#endif  // REDIS_BIND_EVENT_LOOP_H_
