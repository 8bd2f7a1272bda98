#pragma once

#include "transport/endpoint.hpp"
#include "transport/fingerprint.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

class identity;
namespace wire {
class SignedRecord;
}

/// What a peer says of itself: the content of a wire::DirectoryRecord, of right form.
struct directory_record {
  std::string user;
  public_key key{};
  fingerprint id;                          ///< Of `key`.
  std::array<std::uint8_t, 32> box_key{};  ///< X25519: envelopes to this user are sealed to it.
  std::vector<endpoint> endpoints;         ///< At most 16.
  std::uint64_t serial = 0;                ///< Grows with every record of this key.
  std::uint64_t epoch = 0;                 ///< Of its messages.
};

inline constexpr std::size_t record_endpoints_max = 16;
inline constexpr std::size_t record_size_max = 2048;

/// Signs `record` (its key and id are taken from `self`) with Ed25519. Any thread.
void sign_record(const identity& self, const directory_record& record, wire::SignedRecord& out);

/// The same as a serialised wire::SignedRecord.
std::string sign_record(const identity& self, const directory_record& record);

struct record_check {
  std::optional<directory_record> record;  ///< Nothing if there is a fault.
  std::string_view fault;                  ///< For people: "the record's signature is wrong".
};

/// Checks all but the signature: sizes, user name and endpoints. Enough for who has the record
/// from the owner of its key, which TLS proved, and only passes it on. Any thread.
record_check read_record(const wire::SignedRecord& signed_record);

/// Checks the signature, too. Whose key it is remains for the caller to judge (`record->key`
/// against the key that TLS proved). Any thread.
record_check verify_record(const wire::SignedRecord& signed_record);

/// The same from a serialised wire::SignedRecord.
record_check verify_record(std::string_view signed_record);

}  // namespace hobnob
