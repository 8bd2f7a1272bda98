#pragma once

#include "actors/transfer/transfer_messages.hpp"
#include "peer_main/events.hpp"
#include "peer_main/messages.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hobnob {

/// Sends files and waits until every transfer has ended.
using send_job_actor =
    peer_subscriber_actor::extend_with<transfer_subscriber_actor>::extend<reacts_to<job_tick>>;

struct send_job_config {
  job_request request;
  bool alone = false;  ///< The peer was started for this job: it waits for the login, and a relay
                       ///< that cannot be reached ends it.
  bool typed = false;  ///< In the program itself, which may end while a user is not online: what
                       ///< that user is sent goes on with its next start.
  std::string relay;   ///< Its URI, for messages.
  transfers_actor transfers;

  /// What is sent to one user; a fault of the paths shows when it is scanned.
  std::function<std::shared_ptr<core::transfer_source>()> make_source;

  std::function<void(const event_object&)> emit;  ///< Each event of the answer.
  std::function<void(int)> finish;                ///< Once: the exit code.
};

/// `send`, by a program started for it, beside a running one, or typed there. A user of whom nobody
/// has heard is an error at once; who is not online is waited for, and from then on it goes on
/// through whatever breaks.
struct send_job_state {
  static inline const char* name = "peer_main.send_job";

  explicit send_job_state(send_job_actor::pointer selfptr) : self(selfptr) {}

  send_job_actor::behavior_type make_behavior(send_job_config settings, peer_actor of);

  void session_told(const session_changed& news);
  void start();
  void look_up(const std::string& user);
  void look_for(const std::string& user);
  void recall(const std::string& user, const ping_result& answer);
  void wait_for(const std::string& user);
  void send_to(const std::string& user, bool online);
  void ended(const transfer_info& info);
  void note_end(const transfer_info& info);
  void give_up(const std::string& user, std::string_view code, std::string_view detail);
  void time_is_up();
  void note_fault(std::string_view code, std::string_view detail);
  void fail(std::string_view code, std::string_view detail);
  void finish_when_all_ended();
  void finish(int exit_code);

  send_job_actor::pointer self;
  send_job_config config;
  peer_actor peer;
  bool started = false;
  bool finished = false;
  std::set<std::string> sought;  ///< Users who have no transfer yet.
  std::set<transfer_id> under_way;
  std::map<transfer_id, transfer_info> ended_early;  ///< Told before we knew that they are ours.
  int exit_code = 0;
};

send_job_actor::behavior_type send_job(send_job_actor::stateful_pointer<send_job_state> self,
                                       send_job_config config, peer_actor peer);

}  // namespace hobnob
