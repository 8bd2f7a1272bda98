#pragma once

#include "peer_main/events.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace hobnob {

/// Which transfers are on their way, for whoever shows them to a person: those that run as bars, if
/// bars can be shown, and changes of state as lines.
class transfer_board {
 public:
  explicit transfer_board(bool shows_bars) : shows_bars_(shows_bars) {}

  /// Whether the event is to be shown as a line: whatever is not told by a bar.
  bool take(const event_object& event);

  /// A line for each transfer that runs, of at most so many columns.
  std::vector<std::string> bars(std::size_t columns) const;

  bool has_bars() const;

 private:
  struct row {
    std::string state;
    event_object progress;  ///< Empty: it has no bar.
  };

  const bool shows_bars_;
  std::map<std::string, row> rows_;  ///< By transfer.
};

/// What removes bars of these columns that stand above the cursor, which is at the start of a line,
/// from a terminal that may have become narrower.
std::string wiped_bars(const std::vector<std::string>& bars, int terminal_columns);

/// Whole lines.
std::string painted_bars(const std::vector<std::string>& bars);

}  // namespace hobnob
