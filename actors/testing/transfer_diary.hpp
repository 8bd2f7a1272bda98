#pragma once

#include "actors/testing/diary.hpp"
#include "actors/transfer/transfer_messages.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::testing {

/// What a peer has told of its transfers, over all its lives.
struct transfer_diary {
  std::vector<transfer_offered> offers;                       ///< In the order of telling.
  std::map<transfer_id, transfer_info> latest;                ///< The last word on each.
  std::map<transfer_id, std::vector<transfer_info>> changes;  ///< Of its state or its code.
  std::map<transfer_id, unsigned> ended;                      ///< How often that was told.
  std::map<transfer_id, unsigned> lives;  ///< Of the peer, when it was told last.
  unsigned life = 0;                      ///< Counted from 1.

  /// The last word on the only transfer there is; the default one if there is none.
  transfer_info only() const {
    return latest.size() == 1 ? latest.begin()->second : transfer_info{};
  }

  /// Whether it was in that state at any time, with that code unless it is empty.
  bool has_been(const transfer_id& id, transfer_state state, const std::string& code = {}) const;
};

/// Its name: "offered", "running", ...
std::string_view to_string(transfer_state state) noexcept;

/// A line on how a transfer stands: for the trace. The same in every run of one seed.
std::string to_text(const transfer_info& info);

/// Writes down what a peer tells of its transfers.
transfer_subscriber_actor::behavior_type keep_transfer_diary(
    transfer_subscriber_actor::pointer self, std::shared_ptr<transfer_diary> book,
    diary_environment environment);

}  // namespace hobnob::testing
