#include "peer_main/transfer_board.hpp"

#include "peer_main/event_fields.hpp"
#include "peer_main/terminal_columns.hpp"
#include "peer_main/transfer_words.hpp"

#include <algorithm>

namespace hobnob {

bool transfer_board::take(const event_object& event) {
  const event_fields f{event, false};
  if (f.is("event", "transfer-done") || f.is("event", "transfer-failed")) {
    rows_.erase(f.raw("id"));
    return true;
  }
  if (!f.is("event", "transfer-progress")) return true;
  auto& row = rows_[f.raw("id")];
  const auto state = f.raw("state") + f.raw("code");
  const bool news = row.state != state;
  row.state = state;
  const bool has_bar = shows_bars_ && f.is("state", "running");
  row.progress = has_bar ? event : event_object{};
  return news && !has_bar;
}

std::vector<std::string> transfer_board::bars(std::size_t columns) const {
  std::vector<std::string> lines;
  for (const auto& [id, row] : rows_) {
    if (!row.progress.empty())
      lines.push_back(progress_line(event_fields{row.progress, false}, columns));
  }
  return lines;
}

bool transfer_board::has_bars() const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [](const auto& each) { return !each.second.progress.empty(); });
}

std::string wiped_bars(const std::vector<std::string>& bars, int terminal_columns) {
  int rows = 0;
  for (const auto& bar : bars)
    rows += 1 + std::max(0, columns_of(bar) - 1) / std::max(1, terminal_columns);
  return rows == 0 ? std::string{} : "\x1b[" + std::to_string(rows) + "A\x1b[J";
}

std::string painted_bars(const std::vector<std::string>& bars) {
  std::string text;
  for (const auto& bar : bars) text += bar + "\n";
  return text;
}

}  // namespace hobnob
