#include "actors/relay/login_check.hpp"

#include "actors/core/protocol_version.hpp"
#include "actors/core/user_name.hpp"
#include "transport/wire/control.pb.h"

#include <string>
#include <utility>

namespace hobnob {
namespace {

login_check refused(std::string code, std::string detail) {
  return {std::nullopt, {close_reason::refused, std::move(detail), std::move(code)}};
}

}  // namespace

login_check check_login(const wire::Login& login, const connection_info& who) {
  const auto& versions = login.versions();
  if (versions.lowest() > protocol_version || versions.highest() < protocol_version) {
    return refused("version", "this relay speaks version 1 of the protocol only");
  }
  if (const auto fault = core::user_name_fault(login.user()); !fault.empty()) {
    return refused("bad-name", std::string{fault});
  }
  // The signature is for the peers, who have the record from us and not from its owner: they check
  // it, and know nobody by a record that fails. Here the check was about 6 % of a login's profile.
  const auto checked = read_record(login.record());
  if (!checked.record) return refused("bad-record", std::string{checked.fault});
  if (checked.record->key != who.remote_key) {
    return refused("key", "the record is of another key than the connection");
  }
  if (checked.record->user != login.user()) {
    return refused("bad-record", "the record is of another user than the login");
  }
  login_request result;
  result.user = login.user();
  result.key = who.remote_key;
  result.id = who.remote;
  result.signed_record = login.record().SerializeAsString();
  result.record_serial = checked.record->serial;
  result.observed = who.remote_endpoint;
  result.subscribe = login.subscription() == wire::ALL;
  result.hidden = login.hidden();
  return {std::move(result), {}};
}

}  // namespace hobnob
