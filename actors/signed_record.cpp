#include "actors/signed_record.hpp"

#include "actors/core/recent_set.hpp"
#include "actors/core/user_name.hpp"
#include "transport/tls/identity.hpp"
#include "transport/wire/control.pb.h"

#include <sodium.h>
#include <algorithm>
#include <cstring>

namespace hobnob {
namespace {

// What is signed begins with this, so that no signature of another purpose can pass for a record's.
constexpr std::string_view purpose{"hobnob directory record 1\0", 26};

std::string signed_bytes(std::string_view record) {
  std::string result{purpose};
  result += record;
  return result;
}

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool copy_key(const std::string& from, std::array<std::uint8_t, 32>& to) {
  if (from.size() != to.size()) return false;
  std::copy(from.begin(), from.end(), to.begin());
  return true;
}

using digest = std::array<unsigned char, 32>;

struct digest_hash {
  std::size_t operator()(const digest& value) const noexcept {
    std::size_t result;
    std::memcpy(&result, value.data(), sizeof result);
    return result;
  }
};

/// A record comes in the directory, in lookups and from every link of its owner: to know its bytes
/// again costs a fiftieth of the check of its signature.
bool has_right_signature(const wire::SignedRecord& signed_record, const public_key& key) {
  constexpr std::size_t remembered = 2048;
  static thread_local core::recent_set<digest, digest_hash> right_ones{remembered};

  const auto message = signed_bytes(signed_record.record());
  const auto& signature = signed_record.signature();
  digest id;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, id.size());
  crypto_generichash_update(&state, octets(signature), signature.size());
  crypto_generichash_update(&state, octets(message), message.size());
  crypto_generichash_final(&state, id.data(), id.size());
  if (right_ones.contains(id)) return true;
  if (crypto_sign_verify_detached(octets(signature), octets(message), message.size(), key.data()) !=
      0) {
    return false;
  }
  right_ones.add(id);
  return true;
}

record_check faulty(std::string_view fault) { return {std::nullopt, fault}; }

record_check read_content(const wire::DirectoryRecord& source) {
  directory_record result;
  if (const auto fault = core::user_name_fault(source.user()); !fault.empty()) return faulty(fault);
  result.user = source.user();
  if (!copy_key(source.public_key(), result.key)) return faulty("the record has no public key");
  if (!copy_key(source.box_key(), result.box_key)) return faulty("the record has no sealing key");
  if (static_cast<std::size_t>(source.endpoints_size()) > record_endpoints_max) {
    return faulty("the record has more than 16 endpoints");
  }
  for (const auto& text : source.endpoints()) {
    const auto parsed = endpoint::parse(text);
    if (!parsed || parsed->port == 0) return faulty("the record has a malformed endpoint");
    result.endpoints.push_back(*parsed);
  }
  result.id = fingerprint_of(result.key);
  result.serial = source.serial();
  result.epoch = source.epoch();
  return {std::move(result), {}};
}

}  // namespace

void sign_record(const identity& self, const directory_record& record, wire::SignedRecord& out) {
  wire::DirectoryRecord content;
  content.set_user(record.user);
  content.set_public_key(self.key().data(), self.key().size());
  content.set_box_key(record.box_key.data(), record.box_key.size());
  for (const auto& where : record.endpoints) content.add_endpoints(to_string(where));
  content.set_serial(record.serial);
  content.set_epoch(record.epoch);
  content.SerializeToString(out.mutable_record());

  // libsodium's form of the private key: seed and public key.
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret;
  std::ranges::copy(self.secret_seed(), secret.begin());
  std::ranges::copy(self.key(), secret.begin() + crypto_sign_SEEDBYTES);
  std::array<unsigned char, crypto_sign_BYTES> signature;
  const auto message = signed_bytes(out.record());
  crypto_sign_detached(signature.data(), nullptr, octets(message), message.size(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  out.set_signature(signature.data(), signature.size());
}

std::string sign_record(const identity& self, const directory_record& record) {
  wire::SignedRecord result;
  sign_record(self, record, result);
  return result.SerializeAsString();
}

record_check read_record(const wire::SignedRecord& signed_record) {
  if (signed_record.record().empty()) return faulty("the record is missing");
  if (signed_record.record().size() > record_size_max) return faulty("the record is too large");
  if (signed_record.signature().size() != crypto_sign_BYTES) {
    return faulty("the record is not signed");
  }
  wire::DirectoryRecord content;
  if (!content.ParseFromString(signed_record.record())) return faulty("the record is malformed");
  return read_content(content);
}

record_check verify_record(const wire::SignedRecord& signed_record) {
  auto result = read_record(signed_record);
  if (!result.record) return result;
  if (!has_right_signature(signed_record, result.record->key)) {
    return faulty("the record's signature is wrong");
  }
  return result;
}

record_check verify_record(std::string_view signed_record) {
  wire::SignedRecord parsed;
  if (!parsed.ParseFromArray(signed_record.data(), static_cast<int>(signed_record.size()))) {
    return faulty("the record is malformed");
  }
  return verify_record(parsed);
}

}  // namespace hobnob
