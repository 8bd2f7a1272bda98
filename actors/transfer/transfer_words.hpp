#pragma once

#include "actors/core/transfer_journal.hpp"
#include "actors/transfer/transfer_messages.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

constexpr bool is_final(transfer_state state) noexcept {
  return state == transfer_state::done || state == transfer_state::failed;
}

/// How a record says it: "offered", "accepted", "paused", "done", or "failed:" and the code.
std::string record_state(const transfer_info& info, bool accepted, bool paused);

/// What a record says of a transfer from an earlier start of the program.
transfer_info info_of(const core::transfer_record& record);

/// What the other side says of the end, in words of this side: "cancelled-there" for "cancelled",
/// and for what is no code.
std::string code_from_there(std::string_view code);

/// And the other way round.
std::string code_for_there(std::string_view code);

/// What a fault of this machine tells the other side: of each path the last name alone.
std::string without_folders(std::string_view detail);

/// What a source of these paths is called that could not be looked through.
std::string name_of_first(const std::vector<std::string>& sources);

/// At most `size_max` bytes of `text`, cut between characters.
std::string shortened(std::string_view text, std::size_t size_max);

}  // namespace hobnob
