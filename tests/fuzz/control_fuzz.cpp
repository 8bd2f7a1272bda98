// Input: the payload of a control frame, as any side might receive it.

#include "actors/signed_record.hpp"
#include "transport/wire/control.pb.h"

#include <cstdlib>

namespace {

void check_record(const hobnob::wire::SignedRecord& signed_record) {
  const auto check = hobnob::verify_record(signed_record);
  if (!check.record) {
    if (check.fault.empty()) std::abort();  // Whoever refuses must say why.
    return;
  }
  if (check.record->user.empty() || check.record->endpoints.size() > hobnob::record_endpoints_max)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hobnob::wire::Control control;
  if (!control.ParseFromArray(data, static_cast<int>(size))) return 0;
  switch (control.kind_case()) {
    case hobnob::wire::Control::kLogin:
      check_record(control.login().record());
      break;
    case hobnob::wire::Control::kRecordUpdate:
      check_record(control.record_update().record());
      break;
    case hobnob::wire::Control::kSetupP2P:
      check_record(control.setup_p2p().record());
      break;
    case hobnob::wire::Control::kLookupResult:
      check_record(control.lookup_result().entry().record());
      break;
    case hobnob::wire::Control::kDirectoryChange:
      for (const auto& entry : control.directory_change().joined()) check_record(entry.record());
      break;
    default:
      break;
  }
  return 0;
}
