#pragma once

#include "actors/storage/bounded_writer.hpp"
#include "peer_main/exit_gate.hpp"
#include "peer_main/stream_output.hpp"

#include <memory>

namespace hobnob {

class progress_bars;

/// The standard streams, each with its writer. An output that fails ends the program, with a word
/// on standard error.
struct standard_streams {
  explicit standard_streams(exit_gate& gate);
  standard_streams(const standard_streams&) = delete;
  standard_streams& operator=(const standard_streams&) = delete;

  /// Writes what waits, with some patience. False if standard output could not be written.
  bool finish();

  std::shared_ptr<event_output> make_output(bool json) const;

  /// For commands that move files: running transfers as bars where standard error is a terminal,
  /// else a line when their state changes; with `json` all of it as events.
  std::shared_ptr<event_output> make_transfer_output(bool json);

  std::shared_ptr<bounded_writer> out;
  std::shared_ptr<bounded_writer> err;

 private:
  std::shared_ptr<progress_bars> bars_;
};

}  // namespace hobnob
