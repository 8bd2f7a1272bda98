#pragma once

#include "actors/core/transfer_content.hpp"
#include "actors/transfer/transfer_config.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace hobnob {

/// What is known of who offers something.
struct offerer {
  std::string user;
  bool met_before = false;     ///< This start of the program.
  bool verified = false;       ///< Somebody has verified its key.
  std::size_t unfinished = 0;  ///< Transfers from it that wait for an answer or are under way.
};

struct offer_verdict {
  enum class decision : std::uint8_t { accept, ask, refuse };

  decision decided = decision::ask;
  std::string code;    ///< If refused: "refused", "too-large", "too-many".
  std::string detail;  ///< The same for people, at the other side too.
};

/// The policy for offers of this user.
const transfer_policy& policy_for(const transfer_config& config, const std::string& user);

/// What becomes of an offer.
offer_verdict judge_offer(const transfer_config& config, const offerer& from,
                          const core::transfer_summary& offered);

}  // namespace hobnob
