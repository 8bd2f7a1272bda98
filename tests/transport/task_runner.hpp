#pragma once

#include "transport/stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace hobnob::test {

/// Coroutines on the loop of a test. `Loop` has an `io` and a `run_until(condition)`.
template <class Loop>
class task_runner {
 public:
  /// Begins `task`; its value appears in the result while the loop runs.
  template <class T>
  std::shared_ptr<std::optional<T>> start(awaitable<T> task) {
    auto result = std::make_shared<std::optional<T>>();
    boost::asio::co_spawn(self().io, std::move(task), [result](std::exception_ptr error, T value) {
      if (error) std::rethrow_exception(error);
      *result = std::move(value);
    });
    return result;
  }

  /// Runs `task` to its end.
  template <class T>
  T run(awaitable<T> task) {
    auto result = start(std::move(task));
    self().run_until([&] { return result->has_value(); });
    return std::move(**result);
  }

 private:
  Loop& self() { return static_cast<Loop&>(*this); }
};

}  // namespace hobnob::test
