#include "peer_main/progress_bars.hpp"

#include "peer_main/transfer_words.hpp"

#include <utility>

namespace hobnob {
namespace {

constexpr std::chrono::milliseconds repaint_interval{250};

}  // namespace

progress_bars::progress_bars(std::shared_ptr<event_output> others, surroundings around)
    : others_(std::move(others)), around_(std::move(around)) {}

void progress_bars::show(const event_object& event) {
  const std::lock_guard guard{mutex_};
  const event_fields f{event, false};
  const auto id = f.raw("id");
  if (f.is("event", "transfer-progress")) return note(event, id);
  if (f.is("event", "transfer-done") || f.is("event", "transfer-failed")) bars_.erase(id);
  show_above(event);
}

void progress_bars::show_above(const event_object& event) {
  if (painted_ > 0) around_.terminal->write(wipe());
  others_->show(event);
  repaint();
}

void progress_bars::show_conversation(const std::string& user, path_kind path) {
  others_->show_conversation(user, path);
}

void progress_bars::note(const event_object& event, const std::string& id) {
  const event_fields f{event, false};
  const auto state = f.raw("state") + f.raw("code");
  auto& entry = bars_[id];
  const bool news = entry.state != state;
  entry.state = state;
  const bool moves = f.is("state", "running");
  entry.line = moves && around_.terminal ? progress_line(f, around_.columns()) : std::string{};
  if (news && (!moves || !around_.terminal)) {
    show_above(event);
  } else if (around_.terminal && around_.now() - painted_at_ >= repaint_interval) {
    repaint();
  }
}

/// Removes the bars: the cursor stands where their first line began.
std::string progress_bars::wipe() {
  std::string text;
  for (; painted_ > 0; --painted_) text += "\x1b[A\x1b[2K";
  return text;
}

void progress_bars::repaint() {
  if (!around_.terminal) return;
  auto text = wipe();
  for (const auto& [id, entry] : bars_) {
    if (entry.line.empty()) continue;
    text += entry.line + "\n";
    ++painted_;
  }
  painted_at_ = around_.now();
  if (!text.empty()) around_.terminal->write(std::move(text));
}

}  // namespace hobnob
