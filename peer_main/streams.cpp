#include "peer_main/streams.hpp"

#include "actors/core/exit_code.hpp"

#include <unistd.h>
#include <chrono>

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
  const bool written = out->stop(2s);
  err->stop(500ms);
  return written;
}

std::shared_ptr<event_output> standard_streams::make_output(bool json) const {
  return std::make_shared<stream_output>(
      out, err,
      stream_output::style{json, wants_colours(STDOUT_FILENO), wants_colours(STDERR_FILENO)});
}

}  // namespace hobnob
