#include "actors/core/exit_code.hpp"
#include "actors/core/sanitise.hpp"
#include "peer_main/options.hpp"
#include "peer_main/program.hpp"

#include <unistd.h>
#include <cstdio>
#include <exception>
#include <string>

int main(int argc, char** argv) {
  using namespace hobnob;
  try {
    const auto options = read_peer_options(argc, argv, environ);
    if (!options) {
      std::fprintf(stderr, "peer_main: %s\n", options.error().c_str());
      return exit_usage;
    }
    if (options->help || options->version || options->command == "completion") {
      const auto text = options->help      ? peer_help()
                        : options->version ? version_text()
                                           : bash_completion();
      std::fputs(text.c_str(), stdout);
      return std::fflush(stdout) == 0 ? exit_done : exit_unexpected;
    }
    return run_peer_program(*options);
  } catch (const std::exception& error) {
    const auto what = core::sanitise_line(error.what());
    std::fprintf(stderr, "peer_main: unexpected: %s\n", what.c_str());
    return exit_unexpected;
  }
}
