// Input: the lines of a remembered transfer, between its title and its last line: both are added,
// for nothing else gets past the checksum. The same goes for the input as it is.

#include "actors/storage/transfer_record_text.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace hobnob;

/// FNV-1a, as the records have it.
std::uint64_t checksum_of(std::string_view text) {
  std::uint64_t sum = 0xCBF2'9CE4'8422'2325;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
  return sum;
}

/// What is understood means the same when it is written down again.
void read(std::string_view text) {
  const auto record = parse_transfer_record(text);
  if (!record) {
    if (record.error().empty()) std::abort();
    return;
  }
  const auto again = parse_transfer_record(transfer_record_text(*record));
  if (!again || *again != *record) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view lines{reinterpret_cast<const char*>(data), size};
  read(lines);
  auto whole = "hobnob-transfer 1\n" + std::string{lines};
  whole += "end " + std::to_string(checksum_of(whole)) + "\n";
  read(whole);
  return 0;
}
