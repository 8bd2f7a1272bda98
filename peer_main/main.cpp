#include "actors/core/exit_code.hpp"
#include "actors/core/sanitise.hpp"
#include "actors/storage/freed_pages.hpp"
#include "actors/storage/standard_descriptors.hpp"
#include "actors/storage/usage_output.hpp"
#include "peer_main/options.hpp"
#include "peer_main/program.hpp"

#include <unistd.h>
#include <cstdio>
#include <exception>
#include <string>

int main(int argc, char** argv) {
  using namespace hobnob;
  keep_freed_pages();
  try {
    hold_standard_descriptors();
    const auto options = read_peer_options(argc, argv, environ);
    if (!options) return show_usage_fault(options.error(), asks_for_json(argc, argv, environ));
    if (options->help) return show_text(peer_help(options->command));
    if (options->version) return show_text(version_text());
    if (options->command == "completion") return show_text(bash_completion());
    return run_peer_program(*options);
  } catch (const std::exception& error) {
    const auto what = core::sanitise_line(error.what());
    std::fprintf(stderr, "error: %s [unexpected]\n", what.c_str());
    return exit_unexpected;
  }
}
