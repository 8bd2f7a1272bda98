#pragma once

#include "actors/transfer/transfer_messages.hpp"
#include "peer_main/input_command.hpp"
#include "peer_main/messages.hpp"
#include "peer_main/output.hpp"
#include "peer_main/p2p_log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace hobnob {

/// Between the peer and whoever sits in front of it.
using front_actor = peer_subscriber_actor::extend_with<transfer_subscriber_actor>::extend<
    reacts_to<line_read>,  // Typed or piped into chat or run.
    reacts_to<input_ended>,
    reacts_to<job_handed_over>,  // By a command started beside this
                                 // program.
    reacts_to<job_answered>, reacts_to<end_program>>;

struct front_config {
  std::shared_ptr<event_output> output;
  std::shared_ptr<p2p_log> log;  ///< May be null.
  transfers_actor transfers;
  std::function<message_id()> make_message_id;
  std::function<void()> line_done;  ///< A line was dealt with: the reader may send another.
  std::function<void(int)> ended;   ///< The last thing that happens, once: the exit code.

  std::string relay_address;    ///< `host:port`
  bool relay_is_pinned = true;  ///< False: its key is learned at this login.
  bool require_direct = false;
  bool end_with_input = false;
  std::chrono::milliseconds message_timeout{30000};
  std::chrono::milliseconds offer_expires = std::chrono::hours{24 * 7};
};

/// `chat` and `run`: shows what the peer tells, does what is typed, serves jobs handed over, and
/// ends the program when it is told to or when the relay refuses us for good.
struct front_state {
  static inline const char* name = "peer_main.front";

  explicit front_state(front_actor::pointer selfptr) : self(selfptr) {}

  front_actor::behavior_type make_behavior(front_config settings, peer_actor of);

  void session_told(const session_changed& news);
  void link_told(const link_changed& news);
  void progress_told(const message_progress& news);
  void obey(const line_read& line);
  void act(const input_command& command);
  void say(const std::string& user, const std::string& text);
  void talk_to(const std::string& user);
  void send_path(const std::string& user, std::string path);
  void order(const std::string& command, const std::string& id);
  void start_job(job_request request, std::shared_ptr<control_reply> reply,
                 const std::shared_ptr<input_spool>& input = nullptr);
  template <class Settings>
  void answer_to(const std::shared_ptr<control_reply>& reply, Settings& settings);
  void end_when_settled();
  void end_with(const end_program& order);
  void peer_ended();
  void show(const event_object& event) { config.output->show(event); }
  void show_fault(const input_fault& fault);

  front_actor::pointer self;
  front_config config;
  peer_actor peer;
  std::string conversation;                ///< Whom plain text goes to; empty: nobody yet.
  std::map<std::string, path_kind> paths;  ///< Of links that are up.
  session_state last_session = session_state::stopped;
  bool logged_in_once = false;
  std::set<message_id> unsettled;  ///< What was said here: neither delivered nor failed yet.
  std::size_t unanswered = 0;      ///< What was asked here.
  int exit_code = 0;
  bool leaving = false;  ///< Ends when nothing is unsettled or unanswered.
  bool ending = false;
};

front_actor::behavior_type front(front_actor::stateful_pointer<front_state> self,
                                 front_config config, peer_actor peer);

}  // namespace hobnob
