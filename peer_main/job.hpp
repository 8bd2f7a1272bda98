#pragma once

#include "peer_main/events.hpp"
#include "peer_main/messages.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <functional>

namespace hobnob {

/// Watches the peer for as long as its command takes, then ends.
using job_actor = peer_subscriber_actor::extend<reacts_to<job_tick>>;

struct job_config {
  job_request request;
  message_id id{};     ///< Of the message that `say` sends.
  bool alone = false;  ///< The peer was started for this job: it waits for the login, and a relay
                       ///< that cannot be reached ends it.

  bool before_login = false;  ///< The peer has not logged in yet: questions about others wait until
                              ///< it has, or cannot.

  std::string relay;  ///< Its URI, for messages.

  std::function<void(const event_object&)> emit;  ///< Each event of the answer.
  std::function<void(int)> finish;                ///< Once: the exit code.
};

/// One `say`, `who`, `status`, `ping`, `verify` or `id`: asks the peer and answers with events and
/// an exit code. The same actor serves a command started alone, one handed over by the control
/// socket, and a /command on standard input.
struct job_state {
  static inline const char* name = "peer_main.job";

  explicit job_state(job_actor::pointer selfptr) : self(selfptr) {}

  job_actor::behavior_type make_behavior(job_config settings, peer_actor peer);

  void session_told(const session_changed& news);
  void progress_told(const message_progress& news);
  void tick(const job_tick& news);
  void start();
  bool asks_about_others() const;
  bool waits_for_users(const user_list& list) const;
  void say();
  void look_up_users();
  void show_users(const user_list& list);
  void show_status();
  void ping();
  void verify();
  void fail(std::string_view code, std::string_view detail);
  void finish(int exit_code);

  job_actor::pointer self;
  job_config config;
  peer_actor peer;
  session_state session = session_state::stopped;
  bool started = false;
  bool finished = false;
};

job_actor::behavior_type job(job_actor::stateful_pointer<job_state> self, job_config config,
                             peer_actor peer);

}  // namespace hobnob
