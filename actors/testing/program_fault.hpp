#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hobnob::testing {

class program;

/// What can be done to a program, as a value; and as a line: `start ann`, `stop ann`, `kill ann`,
/// `crash ann`, `pause ann`, `resume ann`, `jump ann -3600s` (its wall clock), `disk_full ann`,
/// `disk_free ann`, `crash_at_write ann 3` (a power cut in its third change of the disk from now).
/// The faults of the network are in transport/sim/faults.hpp.
struct program_fault {
  enum class action {
    start,
    stop,
    kill,
    crash,
    pause,
    resume,
    jump,
    disk_full,
    disk_free,
    crash_at_write,
  };

  action what = action::start;
  std::string host;
  std::chrono::nanoseconds by{0};  ///< Of `jump`.
  std::uint64_t count = 0;         ///< Of `crash_at_write`.

  /// Nothing for a line that is none of these.
  static std::optional<program_fault> parse(std::string_view line);

  void apply_to(program& target) const;

  friend bool operator==(const program_fault&, const program_fault&) = default;
};

/// The line above.
std::string to_string(const program_fault& value);

}  // namespace hobnob::testing
