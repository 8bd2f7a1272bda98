#pragma once

#include "actors/storage/background.hpp"
#include "peer_main/output.hpp"
#include "peer_main/transfer_board.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hobnob {

/// Shows running transfers as bars at the bottom of a terminal, painted at most four times a
/// second, and everything else above them as another output does, with the same paint. Without a
/// terminal a line is shown when a transfer's state changes, and none for its progress.
class progress_bars final : public event_output {
 public:
  static constexpr std::chrono::milliseconds repaint_interval{250};

  struct surroundings {
    std::function<void(std::string)> write;  ///< To the terminal, as `others` does; null: no bars.
    std::function<int()> columns;
    std::unique_ptr<background> timer;
  };

  progress_bars(std::shared_ptr<event_output> others, surroundings around);
  ~progress_bars() override;

  /// Shows what waits; from now on nothing waits any more.
  void finish();

  void show(const event_object& event) override;
  void show_conversation(const std::string& user, path_kind path) override;

 private:
  void paint();
  void rested();

  std::shared_ptr<event_output> others_;
  surroundings around_;

  std::mutex mutex_;  // Guards all that follows.
  transfer_board board_;
  std::vector<event_object> waiting_;  // For the next paint.
  std::vector<std::string> painted_;
  bool changed_ = false;  // Since the last paint.
  bool resting_ = false;  // After it.
};

}  // namespace hobnob
