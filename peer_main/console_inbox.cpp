#include "peer_main/console_inbox.hpp"

#include "peer_main/completion.hpp"

#include <sys/eventfd.h>
#include <unistd.h>
#include <cstdint>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t lines_max = 10'000;
constexpr std::size_t bytes_max = 4 * 1024 * 1024;
constexpr std::size_t users_max = 100'000;

}  // namespace

console_inbox::console_inbox(std::string own_name, bool shows_bars)
    : own_name_(std::move(own_name)),
      event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      board_(shows_bars) {}

void console_inbox::add_line(std::string line) {
  {
    const std::lock_guard lock{mutex_};
    if (lines_.size() >= lines_max || bytes_ + line.size() > bytes_max) {
      ++dropped_;
      return;
    }
    bytes_ += line.size();
    lines_.push_back(std::move(line));
  }
  wake();
}

void console_inbox::learn_names(const event_object& event) {
  const std::lock_guard lock{mutex_};
  for (const char* key : {"user", "from", "to"}) {
    const auto* value = event.if_contains(key);
    if (value == nullptr || !value->is_string() || users_.size() >= users_max) continue;
    std::string name{std::string_view{value->get_string()}};
    if (name != own_name_) users_.insert(std::move(name));
  }
}

bool console_inbox::note_transfers(const event_object& event) {
  bool as_line = false, bars_changed = false;
  {
    const std::lock_guard lock{mutex_};
    const bool had_bars = board_.has_bars();
    as_line = board_.take(event);
    bars_changed = had_bars != board_.has_bars() || (had_bars && !as_line);
    others_changed_ = others_changed_ || bars_changed;
  }
  if (bars_changed) wake();
  return as_line;
}

std::vector<std::string> console_inbox::bars(std::size_t columns) const {
  const std::lock_guard lock{mutex_};
  return board_.bars(columns);
}

void console_inbox::set_conversation(const std::string& user, path_kind path) {
  {
    const std::lock_guard lock{mutex_};
    conversation_ = {user, path};
    others_changed_ = true;
  }
  wake();
}

void console_inbox::end() {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  wake();
}

console_inbox::news console_inbox::take() {
  std::uint64_t ignored = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &ignored, sizeof ignored);
  const std::lock_guard lock{mutex_};
  news found;
  found.changed = std::exchange(others_changed_, false) || !lines_.empty();
  found.last = ended_;
  if (dropped_ > 0)
    found.text += "(" + std::to_string(std::exchange(dropped_, 0)) +
                  " lines dropped: the terminal was stopped)\n";
  for (const auto& line : lines_) found.text += line + "\n";
  lines_.clear();
  bytes_ = 0;
  return found;
}

console_inbox::conversation console_inbox::talking_to() const {
  const std::lock_guard lock{mutex_};
  return conversation_;
}

std::vector<std::string> console_inbox::completions_of(std::string_view before) const {
  const std::lock_guard lock{mutex_};
  return completions(before, users_);
}

bool console_inbox::ended() const {
  const std::lock_guard lock{mutex_};
  return ended_;
}

void console_inbox::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

}  // namespace hobnob
