#include "actors/storage/usage_output.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/core/settings_text.hpp"
#include "actors/storage/event_builder.hpp"
#include "actors/storage/json_line.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace hobnob {

bool asks_for_json(int argc, const char* const* argv, const char* const* environment) {
  for (int i = 1; i < argc && argv[i] != std::string_view{"--"}; ++i)
    if (argv[i] == std::string_view{"--json"}) return true;
  const auto settings = core::environment_settings(environment);
  return std::any_of(settings.begin(), settings.end(), [](const core::setting& s) {
    return s.key == "json" &&
           (s.value == "true" || s.value == "yes" || s.value == "on" || s.value == "1");
  });
}

int show_usage_fault(std::string_view detail, bool json) {
  if (json) {
    std::puts(to_json_line(error_event("usage", detail)).c_str());
    std::fflush(stdout);
  }
  std::fprintf(stderr, "error: %.*s [usage]\n", static_cast<int>(detail.size()), detail.data());
  return exit_usage;
}

int show_text(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) == 0) return exit_done;
  std::fprintf(stderr, "error: standard output: %s [output]\n", std::strerror(errno));
  return exit_unexpected;
}

}  // namespace hobnob
