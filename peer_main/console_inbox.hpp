#pragma once

#include "actors/storage/owned_fd.hpp"
#include "peer_main/events.hpp"
#include "peer_main/transfer_board.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// What other threads leave for the thread of the console: lines to show, the conversation, names
/// that can be completed, the order to end. Any thread; never blocks.
class console_inbox {
 public:
  /// `shows_bars`: running transfers are shown as bars, not as lines.
  console_inbox(std::string own_name, bool shows_bars);

  /// Beyond 10,000 lines or 4 MiB they are dropped and counted: the terminal has been stopped.
  void add_line(std::string line);

  /// Names that the event mentions can be completed from now on.
  void learn_names(const event_object& event);

  /// Whether the event is to be shown as a line too.
  bool note_transfers(const event_object& event);

  void set_conversation(const std::string& user, path_kind path);
  void end();

  /// Readable when `take` has something.
  int descriptor() const { return event_.get(); }

  struct news {
    std::string text;      ///< Whole lines, to stand above the line being typed.
    bool changed = false;  ///< There is text, another prompt, or something else in the bars.
    bool last = false;     ///< The console is to end.
  };
  news take();

  /// Of running transfers, each of at most so many columns.
  std::vector<std::string> bars(std::size_t columns) const;

  struct conversation {
    std::string user;  ///< Empty: none.
    path_kind path = path_kind::none;
  };
  conversation talking_to() const;
  std::vector<std::string> completions_of(std::string_view before) const;
  bool ended() const;

 private:
  void wake() const;

  const std::string own_name_;
  const owned_fd event_;

  mutable std::mutex mutex_;  // Guards all that follows.
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;  // In them.
  std::size_t dropped_ = 0;
  std::set<std::string> users_;
  conversation conversation_;
  transfer_board board_;
  bool others_changed_ = false;  // Prompt or bars.
  bool ended_ = false;
};

}  // namespace hobnob
