#include "peer_main/progress_bars.hpp"

#include <utility>

namespace hobnob {

progress_bars::progress_bars(std::shared_ptr<event_output> others, surroundings around)
    : others_(std::move(others)),
      around_(std::move(around)),
      board_(static_cast<bool>(around_.write)) {}

progress_bars::~progress_bars() { finish(); }

void progress_bars::finish() {
  std::unique_ptr<background> timer;  // Its thread may be about to take the lock.
  {
    const std::lock_guard guard{mutex_};
    timer = std::move(around_.timer);
  }
  timer.reset();
  const std::lock_guard guard{mutex_};
  resting_ = false;
  if (changed_) paint();
}

void progress_bars::show(const event_object& event) {
  const std::lock_guard guard{mutex_};
  if (board_.take(event)) waiting_.push_back(event);
  changed_ = true;
  if (!resting_) paint();
}

void progress_bars::show_conversation(const std::string& user, path_kind path) {
  others_->show_conversation(user, path);
}

void progress_bars::paint() {
  changed_ = false;
  std::string text;
  if (!painted_.empty()) text = wiped_bars(painted_, around_.columns());
  if (!waiting_.empty()) {
    if (!text.empty()) around_.write(std::exchange(text, {}));
    for (const auto& event : std::exchange(waiting_, {})) others_->show(event);
  }
  painted_.clear();
  if (board_.has_bars()) painted_ = board_.bars(static_cast<std::size_t>(around_.columns()) - 1);
  text += painted_bars(painted_);
  if (!text.empty()) around_.write(std::move(text));
  resting_ = !painted_.empty() && around_.timer != nullptr;
  if (resting_) around_.timer->after(repaint_interval, [this] { rested(); });
}

void progress_bars::rested() {
  const std::lock_guard guard{mutex_};
  resting_ = false;
  if (changed_) paint();
}

}  // namespace hobnob
