#include "actors/storage/usage_output.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/core/settings_text.hpp"
#include "actors/storage/event_builder.hpp"
#include "actors/storage/json_line.hpp"
#include "actors/storage/owned_fd.hpp"

#include <unistd.h>
#include <algorithm>
#include <string>
#include <system_error>

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

// No writer with a thread of its own: the program ends here, and has nothing else to do.
int show_usage_fault(std::string_view detail, bool json) {
  if (json) write_all(STDOUT_FILENO, to_json_line(error_event("usage", detail)) + "\n");
  write_all(STDERR_FILENO, "error: " + std::string{detail} + " [usage]\n");
  return exit_usage;
}

int show_text(std::string_view text) {
  const auto fault = write_all(STDOUT_FILENO, text);
  if (!fault) return exit_done;
  write_all(STDERR_FILENO, "error: standard output: " + fault.message() + " [output]\n");
  return exit_unexpected;
}

}  // namespace hobnob
