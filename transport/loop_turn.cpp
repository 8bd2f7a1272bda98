#include "transport/loop_turn.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace hobnob {

namespace asio = boost::asio;

loop_turn& loop_turn::of(asio::execution_context& context) {
  return asio::use_service<loop_turn>(context);
}

loop_turn& loop_turn::of(const asio::any_io_executor& executor) {
  return of(asio::query(executor, asio::execution::context));
}

void loop_turn::at_end(turn_stage stage, std::shared_ptr<turn_work> work) {
  const auto index = static_cast<std::size_t>(stage);
  waiting_[index].push_back(std::move(work));
  if (!is_open() || index < next_stage_) post_turn();
}

void loop_turn::run_stages() {
  for (auto& works : waiting_) {
    ++next_stage_;
    // What comes meanwhile is for another turn.
    for (auto left = works.size(); left > 0; --left) {
      const auto work = std::move(works.front());
      works.pop_front();
      work->run_at_turn_end();
    }
  }
}

void loop_turn::leave() {
  next_stage_ = closed;
  const auto waits = [](const auto& works) { return !works.empty(); };
  if (std::any_of(waiting_.begin(), waiting_.end(), waits)) post_turn();
}

void loop_turn::post_turn() {
  if (std::exchange(posted_, true)) return;
  asio::post(static_cast<asio::io_context&>(context()), [this] {
    posted_ = false;
    run([] {});
  });
}

// Work may hold sockets, which must go before the context.
void loop_turn::shutdown() {
  for (auto& works : waiting_) works.clear();
}

}  // namespace hobnob
