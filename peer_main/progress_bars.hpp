#pragma once

#include "actors/storage/bounded_writer.hpp"
#include "peer_main/output.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace hobnob {

/// Shows running transfers as bars at the bottom of a terminal, repainted at most four times a
/// second, and everything else above them as another output does. Without a terminal a line is
/// shown when a transfer's state changes, and none for its progress.
class progress_bars final : public event_output {
 public:
  struct surroundings {
    std::shared_ptr<bounded_writer> terminal;  ///< Null: there is none.
    std::function<std::chrono::steady_clock::time_point()> now;
    std::function<std::size_t()> columns;
  };

  progress_bars(std::shared_ptr<event_output> others, surroundings around);

  void show(const event_object& event) override;
  void show_conversation(const std::string& user, path_kind path) override;

 private:
  struct bar {
    std::string state;
    std::string line;
  };

  void note(const event_object& event, const std::string& id);
  void show_above(const event_object& event);
  void repaint();
  std::string wipe();

  std::shared_ptr<event_output> others_;
  surroundings around_;
  std::mutex mutex_;
  std::map<std::string, bar> bars_;  ///< By transfer.
  std::size_t painted_ = 0;          ///< Lines.
  std::chrono::steady_clock::time_point painted_at_{};
};

}  // namespace hobnob
