#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace hobnob {

/// What all transfers of a peer together keep in memory of what has come and is not dealt with yet.
/// Any thread.
class kept_input_budget {
 public:
  static constexpr std::size_t bytes_max = 40 * 1024 * 1024;

  bool take(std::size_t count) noexcept {
    if (kept_.fetch_add(count) + count <= bytes_max) return true;
    kept_ -= count;
    return false;
  }

  /// Without asking: of what was taken before.
  void take_back(std::size_t count) noexcept { kept_ += count; }

  void give(std::size_t count) noexcept { kept_ -= count; }

  std::size_t kept() const noexcept { return kept_; }

  /// Those that receive share what may be asked for.
  void begin() noexcept { ++receiving_; }
  void end() noexcept { --receiving_; }
  std::size_t receiving() const noexcept { return std::max<std::size_t>(1, receiving_); }

 private:
  std::atomic<std::size_t> kept_ = 0;
  std::atomic<std::size_t> receiving_ = 0;
};

/// The part of the budget that some inputs take, for as long as they are kept.
class kept_input {
 public:
  explicit kept_input(std::shared_ptr<kept_input_budget> budget) : budget_(std::move(budget)) {}
  ~kept_input() { budget_->give(bytes_); }
  kept_input(const kept_input&) = delete;
  kept_input& operator=(const kept_input&) = delete;

  /// False: there is no room for so much more.
  bool add(std::size_t count) {
    if (!budget_->take(count)) return false;
    bytes_ += count;
    return true;
  }

  void add_back(std::size_t count) {
    budget_->take_back(count);
    bytes_ += count;
  }

  std::size_t bytes() const noexcept { return bytes_; }

 private:
  std::shared_ptr<kept_input_budget> budget_;
  std::size_t bytes_ = 0;
};

}  // namespace hobnob
