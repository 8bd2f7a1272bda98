#include "actors/core/relay_uri.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// What is read can be written, and reads back as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hobnob::core::relay_uri;
  const auto uri = relay_uri::parse({reinterpret_cast<const char*>(data), size});
  if (!uri) {
    if (uri.error().empty()) std::abort();
    return 0;
  }
  const auto again = relay_uri::parse(to_string(*uri));
  if (!again || *again != *uri) std::abort();
  return 0;
}
