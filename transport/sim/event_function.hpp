#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace hobnob::sim {

/// A function to be called once, moved and never copied. What fits into `capacity` bytes is kept
/// inside: an event then costs no allocation.
class event_function {
 public:
  static constexpr std::size_t capacity = 40;

  event_function() = default;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, event_function> && std::is_invocable_v<F&>)
      event_function(F&& function) {  // NOLINT(*-explicit-*): any callable is an event.
    using stored = std::remove_cvref_t<F>;
    if constexpr (fits<stored>) {
      ::new (static_cast<void*>(&storage_)) stored(std::forward<F>(function));
      actions_ = &inline_actions<stored>;
    } else {
      ::new (static_cast<void*>(&storage_)) stored*(new stored(std::forward<F>(function)));
      actions_ = &boxed_actions<stored>;
    }
  }

  event_function(event_function&& other) noexcept
      : actions_(std::exchange(other.actions_, nullptr)) {
    if (actions_ != nullptr) actions_->move(&other.storage_, &storage_);
  }

  event_function& operator=(event_function&& other) noexcept {
    if (this != &other) {
      reset();
      actions_ = std::exchange(other.actions_, nullptr);
      if (actions_ != nullptr) actions_->move(&other.storage_, &storage_);
    }
    return *this;
  }

  ~event_function() { reset(); }

  explicit operator bool() const noexcept { return actions_ != nullptr; }

  void operator()() { actions_->call(&storage_); }

  void reset() noexcept {
    if (actions_ != nullptr) std::exchange(actions_, nullptr)->destroy(&storage_);
  }

 private:
  struct actions {
    void (*call)(void*);
    void (*move)(void* from, void* to) noexcept;  // Ends the life of what was at `from`.
    void (*destroy)(void*) noexcept;
  };

  template <class F>
  static constexpr bool fits =
      sizeof(F) <= capacity &&
      alignof(F) <= alignof(void*) && std::is_nothrow_move_constructible_v<F>;

  template <class F>
  static F* stored_at(void* place) noexcept {
    return std::launder(static_cast<F*>(place));
  }

  template <class F>
  static constexpr actions inline_actions{
      [](void* place) { (*stored_at<F>(place))(); },
      [](void* from, void* to) noexcept {
        ::new (to) F(std::move(*stored_at<F>(from)));
        std::destroy_at(stored_at<F>(from));
      },
      [](void* place) noexcept { std::destroy_at(stored_at<F>(place)); }};

  template <class F>
  static constexpr actions boxed_actions{
      [](void* place) { (**stored_at<F*>(place))(); },
      [](void* from, void* to) noexcept { ::new (to) F*(*stored_at<F*>(from)); },
      [](void* place) noexcept { delete *stored_at<F*>(place); }};

  alignas(void*) std::byte storage_[capacity];
  const actions* actions_ = nullptr;
};

}  // namespace hobnob::sim
