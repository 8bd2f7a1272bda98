#include "actors/core/sanitise.hpp"
#include "actors/core/settings_text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// A config file is read or its fault named; and what people are shown of any bytes is harmless.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hobnob::core;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto settings = parse_config(text, "fuzz")) {
    for (const auto& setting : *settings)
      if (setting.key.empty() || !is_valid_utf8(setting.value)) std::abort();
  } else if (!settings.error().starts_with("fuzz:")) {
    std::abort();
  }
  const auto shown = sanitise_text(text);
  if (!is_valid_utf8(shown) || shown.find('\x1b') != shown.npos) std::abort();
  for (const char c : json_string(text))
    if (c < 0x20 || c > 0x7E) std::abort();
  return 0;
}
