#pragma once

#include "actors/core/transfer_content.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hobnob {

namespace wire {
class TransferOffer;
}

/// An offer as it goes over the wire, checked.
struct offered_files {
  core::transfer_summary summary;
  core::content_hash manifest{};
  std::string note;
  std::chrono::seconds expires{};  ///< How long an answer is waited for; 0: for ever.
};

/// Nothing if it breaks the rules of docs/protocol.md, section 9. Texts are as they came: to be
/// made harmless before they are shown.
std::optional<offered_files> read_offer(const wire::TransferOffer& words);

void write_offer(const offered_files& offer, wire::TransferOffer& words);

}  // namespace hobnob
