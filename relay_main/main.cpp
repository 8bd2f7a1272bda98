#include "actors/core/exit_code.hpp"
#include "actors/core/sanitise.hpp"
#include "relay_main/options.hpp"
#include "relay_main/program.hpp"

#include <malloc.h>
#include <unistd.h>
#include <cstdio>
#include <exception>
#include <string>

namespace {

/// Batches of frames come and go by the megabyte: without this the allocator gives their pages
/// back to the kernel after each and takes fresh, zeroed ones for the next; the page faults
/// showed in the profile of a loaded relay.
void keep_freed_pages() {
  mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
  mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hobnob;
  keep_freed_pages();
  try {
    const auto options = read_relay_options(argc, argv, environ);
    if (!options) {
      std::fprintf(stderr, "relay_main: %s\n", options.error().c_str());
      return exit_usage;
    }
    if (options->help || options->version || options->command == "completion") {
      const auto text = options->help      ? relay_help()
                        : options->version ? relay_version_text()
                                           : relay_bash_completion();
      std::fputs(text.c_str(), stdout);
      return std::fflush(stdout) == 0 ? exit_done : exit_unexpected;
    }
    return run_relay_program(*options);
  } catch (const std::exception& error) {
    const auto what = core::sanitise_line(error.what());
    std::fprintf(stderr, "relay_main: unexpected: %s\n", what.c_str());
    return exit_unexpected;
  }
}
