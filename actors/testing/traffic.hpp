#pragma once

#include "actors/core/checked.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hobnob::testing {

class sim_peer;

/// What a peer is to say or to give, as a value and as a line:
///
///     ann says bob hello there        # chat text
///     ann sends bob notes hello       # an application message on the channel `notes`
///     ann pours bob notes 50 20000    # 50 such messages of 20000 bytes at once
///     ann gives bob report 300000     # a file of this name and size, in memory
struct traffic {
  enum class kind { says, sends, pours, gives };

  // What a mistyped number must not exceed: all of it is made in memory.
  static constexpr std::size_t poured_messages_max = 1'000'000;
  static constexpr std::size_t poured_size_max = 16 * 1024 * 1024;
  static constexpr std::size_t file_size_max = 1024 * 1024 * 1024;

  kind what = kind::says;
  std::string from;       ///< A peer, by its host.
  std::string to;         ///< A user.
  std::string name;       ///< Of the channel or the file.
  std::string content;    ///< What is said or sent.
  std::size_t count = 1;  ///< Of the messages that are poured.
  std::size_t size = 0;   ///< Of each of these, or of the file.

  /// Whether the second word is one of these verbs: nothing else then has to be tried.
  static bool is_line(std::string_view line);

  /// Says what is wrong.
  static core::checked<traffic> parse(std::string_view line);

  void carry_out(sim_peer& by) const;

  friend bool operator==(const traffic&, const traffic&) = default;
};

/// What became of such orders, as far as no peer tells it.
struct traffic_counts {
  std::uint64_t not_sent = 0;   ///< Messages of peers that did not run, or were paused.
  std::uint64_t given = 0;      ///< Files.
  std::uint64_t not_given = 0;  ///< The same of files.

  void add(const traffic& order, bool carried_out);
};

}  // namespace hobnob::testing
