#include "peer_main/streams.hpp"

#include "actors/core/exit_code.hpp"
#include "peer_main/progress_bars.hpp"
#include "peer_main/terminal_columns.hpp"

#include <unistd.h>
#include <chrono>
#include <utility>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t out_backlog_max = 64 * 1024 * 1024;
constexpr std::size_t err_backlog_max = 1024 * 1024;

std::string output_fault(std::error_code why) {
  if (why == std::errc::no_buffer_space)
    return "nobody reads standard output: 64 MiB of events wait; ending, for they must not have "
           "holes";
  if (why == std::errc::broken_pipe) return "standard output was closed";
  return "standard output: " + why.message();
}

}  // namespace

standard_streams::standard_streams(exit_gate& gate)
    : out(std::make_shared<bounded_writer>(
          STDOUT_FILENO, bounded_writer_config{.bytes_max = out_backlog_max,
                                               .drop_when_full = false,
                                               .on_failure =
                                                   [this, &gate](std::error_code why) {
                                                     err->write("error: " + output_fault(why) +
                                                                " [output]\n");
                                                     gate.wish({exit_unexpected, {}, {}});
                                                   }})),
      err(std::make_shared<bounded_writer>(
          STDERR_FILENO,
          bounded_writer_config{
              .bytes_max = err_backlog_max, .drop_when_full = true, .on_failure = {}})) {}

bool standard_streams::finish() {
  if (bars_) bars_->finish();
  const bool written = out->stop(2s);
  err->stop(500ms);
  return written;
}

std::shared_ptr<event_output> standard_streams::make_output(bool json) const {
  return std::make_shared<stream_output>(
      out, err,
      stream_output::style{json, wants_colours(STDOUT_FILENO), wants_colours(STDERR_FILENO)});
}

std::shared_ptr<event_output> standard_streams::make_transfer_output(bool json) {
  if (json) return make_output(json);
  progress_bars::surroundings around;
  if (!can_redraw(STDERR_FILENO))
    return std::make_shared<progress_bars>(make_output(json), std::move(around));
  use_terminal_encoding();
  // Lines on the terminal stand in order with the bars if one writer writes both.
  const auto data = ::isatty(STDOUT_FILENO) != 0 ? err : out;
  auto lines = std::make_shared<stream_output>(
      data, err,
      stream_output::style{false, wants_colours(STDOUT_FILENO), wants_colours(STDERR_FILENO)});
  around.write = [to = err](std::string text) { to->write(std::move(text)); };
  around.columns = [] { return terminal_columns(STDERR_FILENO); };
  around.timer = make_background_thread();
  bars_ = std::make_shared<progress_bars>(std::move(lines), std::move(around));
  return bars_;
}

}  // namespace hobnob
