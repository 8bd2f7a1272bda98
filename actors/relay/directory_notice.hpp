#pragma once

#include "actors/core/directory_table.hpp"
#include "transport/bytes.hpp"

#include <string>
#include <vector>

namespace hobnob {

/// A serialised wire::DirectoryEntry of `session`.
std::string encode_directory_entry(const core::directory_session& session);

/// Everyone listed in `table`, as payloads of control frames (wire::DirectoryChange); the last one
/// has `snapshot_end`. No frame is much larger than 60 KiB.
std::vector<shared_slice> encode_snapshot(const core::directory_table& table);

/// `changes` of `table`, in the same form.
std::vector<shared_slice> encode_changes(const core::directory_table& table,
                                         const core::directory_changes& changes);

}  // namespace hobnob
