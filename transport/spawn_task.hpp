#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

namespace hobnob {

/// Logs what escaped from a coroutine, then throws it on, out of the loop's `run()`: it is a bug.
void report_task_end(std::exception_ptr error);

/// Runs `task`, a function returning `awaitable<void>`, on `executor`. Coroutines report errors as
/// values; none may throw.
template <class Task>
void spawn_task(const boost::asio::any_io_executor& executor, Task&& task) {
  boost::asio::co_spawn(executor, std::forward<Task>(task), report_task_end);
}

}  // namespace hobnob
