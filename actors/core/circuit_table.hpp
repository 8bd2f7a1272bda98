#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace hobnob::core {

struct circuit_table_limits {
  std::size_t total_max = 256;           ///< Circuits at once, those still to be joined included.
  std::size_t per_user_max = 16;         ///< The same of one user, who asked for them.
  std::size_t pending_per_user_max = 8;  ///< Of these, still to be joined.
  std::chrono::seconds token_lifetime{30};
};

/// Which circuits there are and which tokens lead to them. A token is good once and for a short
/// time, and lives in memory only. Circuits count for the user who asked for them: nobody can use
/// up what another may have. Pure.
class circuit_table {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using token = std::array<std::byte, 32>;

  explicit circuit_table(circuit_table_limits limits) : limits_(limits) {}

  /// A new circuit of `user` with these tokens, one for each end; 0 if that would be too many.
  std::uint64_t open(std::string_view user, const std::array<token, 2>& tokens, time_point now);

  struct joining {
    std::uint64_t circuit = 0;  ///< 0: no such token, or not any more.
    bool complete = false;      ///< The other end was there already.
    time_point until{};         ///< For the other end to come.
    std::string user;
  };

  /// Uses `key` up. Takes the same time for every token that is not known.
  joining join(const token& key, time_point now);

  /// It was given up or has ended.
  void ended(std::uint64_t circuit);

  std::size_t size() const { return pending_.size() + joined_.size(); }

 private:
  struct pending {
    std::string user;
    std::array<token, 2> tokens;
    std::array<bool, 2> used{};
    time_point until;
  };

  void expire(time_point now);
  void release(const std::string& user, bool was_pending);

  struct share {
    std::size_t all = 0;
    std::size_t pending = 0;
  };

  circuit_table_limits limits_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, pending> pending_;  // In the order of their ends.
  std::map<std::uint64_t, std::string> joined_;
  std::map<std::string, share, std::less<>> users_;
};

}  // namespace hobnob::core
