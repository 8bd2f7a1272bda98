#include "transport/spawn_task.hpp"

#include <spdlog/spdlog.h>

namespace hobnob {

void report_task_end(std::exception_ptr error) {
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& thrown) {
    spdlog::critical("a task failed unexpectedly: {}", thrown.what());
    throw;
  }
}

}  // namespace hobnob
