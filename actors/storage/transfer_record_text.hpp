#pragma once

#include "actors/core/checked.hpp"
#include "actors/core/transfer_journal.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace hobnob {

/// Longer texts are refused.
inline constexpr std::size_t transfer_record_size_max = 8 * 1024 * 1024;

/// A record as the text of a file: lines `key value`, and a last one by which it is known to be
/// whole. If there are too many ranges of finished entries for a file, the later ones are left out:
/// those files are looked at again.
std::string transfer_record_text(const core::transfer_record& record);

/// Reads it again. A sentence for people if it is not whole, or not of this program.
core::checked<core::transfer_record> parse_transfer_record(std::string_view text);

/// 32 lower-case digits, as in names of files.
std::string transfer_id_text(const core::transfer_id& id);

/// False, and `id` is unchanged, for anything else.
bool parse_transfer_id(std::string_view text, core::transfer_id& id);

}  // namespace hobnob
