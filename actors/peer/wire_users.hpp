#pragma once

#include "actors/core/online_user.hpp"
#include "actors/interfaces.hpp"

#include <optional>

namespace hobnob {

namespace wire {
class DirectoryChange;
class DirectoryEntry;
class LookupResult;
class SignedRecord;
}  // namespace wire

/// What a signed record says; nothing if it is malformed or its signature is wrong.
std::optional<core::online_user> read_user(const wire::SignedRecord& record, session_id session);

/// The same from the relay's directory, with what the relay adds.
std::optional<core::online_user> read_user(const wire::DirectoryEntry& entry);

/// Entries that do not check are left out: a relay cannot make us believe in them.
directory_news read_news(const wire::DirectoryChange& change);

user_looked_up read_lookup(const wire::LookupResult& result);

}  // namespace hobnob
