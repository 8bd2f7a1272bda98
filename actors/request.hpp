#pragma once

#include <caf/actor_clock.hpp>
#include <caf/detail/type_traits.hpp>
#include <caf/error.hpp>
#include <chrono>
#include <utility>

namespace hobnob {

/// What `request` returns. Exactly one of the two functions is called, once, unless the actor ends.
template <class Response>
class pending_request {
 public:
  explicit pending_request(Response response) : response_(std::move(response)) {}

  /// `on_answer` takes the answer as in CAF, `on_error` a `caf::error&`: what the receiver
  /// answered, `sec::request_receiver_down`, or `sec::request_timeout`.
  template <class OnAnswer, class OnError>
  void then(OnAnswer on_answer, OnError on_error) && {
    using arguments = typename caf::detail::get_callable_trait<OnAnswer>::arg_types;
    response_.then(wrap(std::move(on_answer), arguments{}),
                   wrap(std::move(on_error), caf::detail::type_list<caf::error&>{}));
  }

 private:
  template <class F, class... Ts>
  auto wrap(F handler, caf::detail::type_list<Ts...>) {
    return [self = response_.self(), id = response_.id(),
            handler = std::move(handler)](Ts... arguments) mutable {
      self->clock().cancel_request_timeout(self, id);
      handler(std::forward<Ts>(arguments)...);
    };
  }

  Response response_;
};

/// `self->request(...)` whose time-out ends with the answer. CAF 0.17 leaves the time-out of every
/// answered request in the clock until it is due, some 300 bytes each.
///
///     request(self, directory, 5s, find_route{id}).then([=](const route_found& r) { ... },
///                                                       [=](caf::error& why) { ... });
///
/// Still a request costs two messages, a handler and a timer, and CAF searches the open requests of
/// an actor one by one (10 us at 10,000): what happens once for each message or frame of a user is
/// told by plain messages that carry their own context.
template <class Self, class Handle, class... Ts>
auto request(Self* self, const Handle& receiver, std::chrono::milliseconds timeout,
             Ts&&... message) {
  return pending_request(self->request(receiver, timeout, std::forward<Ts>(message)...));
}

}  // namespace hobnob
