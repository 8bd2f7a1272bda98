#pragma once

#include "actors/core/checked.hpp"
#include "actors/messages.hpp"
#include "peer_main/options.hpp"

#include <boost/json/object.hpp>
#include <chrono>
#include <string>

namespace hobnob {

/// One command that ends: `say`, `who`, `status`, `ping`, `verify` or `id`; done by the program
/// itself, or handed as JSON to the one that runs in the same data directory.
struct job_request {
  std::string command;
  std::string user;
  std::string text;
  message_state wait = message_state::delivered;
  std::chrono::milliseconds timeout{30000};
  bool require_direct = false;
  bool accept = false;

  /// By whom and at which relay it was meant to be done, if that was told: not for a program that
  /// runs as somebody else.
  std::string as_user{};
  std::string at_relay{};
};

/// `text` is what `say` sends (it may have come from standard input).
job_request make_job_request(const peer_options& options, std::string text);

boost::json::object to_json(const job_request& request);
core::checked<job_request> job_request_from(const boost::json::object& object);

/// Why the program that runs with these options must not do it, for people; empty if it may.
std::string misdirected(const job_request& request, const peer_options& running);

}  // namespace hobnob
