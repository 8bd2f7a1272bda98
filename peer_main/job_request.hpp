#pragma once

#include "actors/core/checked.hpp"
#include "actors/messages.hpp"
#include "peer_main/options.hpp"

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// One command that ends, as `say`, `who` or `send`; done by the program itself, or handed as JSON
/// to the one that runs in the same data directory.
struct job_request {
  std::string command;
  std::string user;
  std::string text;

  // Of transfers.
  std::vector<std::string> users{};  ///< `send`: to whom.
  std::vector<std::string> paths{};  ///< `send`: absolute; `-` is standard input.
  std::string name{};                ///< `send -`: what it is called.
  std::string note{};
  std::chrono::milliseconds expires = std::chrono::hours{24 * 7};  ///< `send`: unless answered.
  std::uint64_t bytes_per_second = 0;  ///< `send`, `accept`: of this transfer; 0: no limit.
  std::string transfer{};   ///< `accept` and the like: its id, or the first letters of it.
  std::string folder{};     ///< `accept`: where it goes; absolute, or empty.
  std::string conflicts{};  ///< `accept`: "rename", "skip", "overwrite", or empty.

  message_state wait = message_state::delivered;
  std::chrono::milliseconds timeout{30000};
  bool until_done = false;  ///< `send`: for as long as it takes; no time-out was told.
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

/// For a program that works in another folder; `-` stays as it is. Empty if there is none.
std::string absolute_path(const std::string& path);

/// What is wrong with what was asked about transfers, for people; empty if nothing is.
std::string transfer_words_fault(const job_request& request);

/// `accept`, `reject`, `pause`, `resume` or `cancel`.
bool orders_transfer(std::string_view command);

/// Why the program that runs with these options must not do it, for people; empty if it may.
std::string misdirected(const job_request& request, const peer_options& running);

}  // namespace hobnob
