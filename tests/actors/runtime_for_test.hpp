#pragma once

#include "actors/runtime.hpp"

#include <cstdlib>
#include <string_view>

namespace hobnob::test {

/// Options of every runtime that a test makes: HOBNOB_TEST_SCHEDULER=caf runs the actors on CAF's
/// own threads, which shows that nothing but speed depends on ours.
inline runtime_options options_from_environment() {
  runtime_options options;
  const char* scheduler = std::getenv("HOBNOB_TEST_SCHEDULER");
  if (scheduler != nullptr && std::string_view(scheduler) == "caf") {
    options.scheduler = scheduler_kind::caf;
  }
  return options;
}

}  // namespace hobnob::test
