#include "actors/actor_timers.hpp"

#include "actors/live_actors.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <utility>

namespace hobnob {

namespace {

/// `timer_key::kind`. An actor has one ordinary time-out of each type (its atom), one multi
/// time-out of each type and number, one time-out of each request.
enum class timer_kind : std::uint64_t { ordinary, request, message, group_message, multi, look };

core::timer_key make_key(const caf::abstract_actor* owner, timer_kind kind, std::uint64_t id) {
  return {owner->id(), static_cast<std::uint64_t>(kind), id};
}

core::timer_key ordinary_key(const caf::abstract_actor* self, caf::atom_value type) {
  return make_key(self, timer_kind::ordinary, static_cast<std::uint64_t>(type));
}

core::timer_key request_key(const caf::abstract_actor* self, caf::message_id id) {
  return make_key(self, timer_kind::request, id.integer_value());
}

}  // namespace

void actor_timers::set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                                        caf::atom_value type, std::uint64_t id) {
  add(t, ordinary_key(self, type), timeout{self->ctrl(), type, id});
}

// Nothing ever cancels a single one of these, so every one is a timer of its own.
void actor_timers::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                     std::uint64_t id) {
  add(t, make_key(self, timer_kind::multi, ++last_message_), timeout{self->ctrl(), type, id});
}

void actor_timers::set_request_timeout(time_point t, caf::abstract_actor* self,
                                       caf::message_id id) {
  add(t, request_key(self, id), request_timeout{self->ctrl(), id});
}

void actor_timers::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  queue_.cancel(ordinary_key(self, type));
}

void actor_timers::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  queue_.cancel(request_key(self, id));
}

void actor_timers::cancel_timeouts(caf::abstract_actor* self) {
  live_.remove(self->id());
  queue_.cancel_owner(self->id());
}

void actor_timers::schedule_message(time_point t, caf::strong_actor_ptr receiver,
                                    caf::mailbox_element_ptr content) {
  if (!receiver) return;
  const auto key = make_key(receiver->get(), timer_kind::message, ++last_message_);
  add(t, key, delayed_message{std::move(receiver), std::move(content)});
}

void actor_timers::schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                                    caf::message content) {
  const core::timer_key key{0, static_cast<std::uint64_t>(timer_kind::group_message),
                            ++last_message_};
  add(t, key, delayed_group_message{std::move(target), std::move(sender), std::move(content)});
}

void actor_timers::schedule_look(time_point t, caf::strong_actor_ptr receiver, quiet_look look,
                                 caf::mailbox_element_ptr wake) {
  const auto key = make_key(receiver->get(), timer_kind::look, ++last_message_);
  add(t, key, repeated_look{std::move(look), {std::move(receiver), std::move(wake)}});
}

void actor_timers::cancel_all() { queue_.take_all(); }

void actor_timers::deliver_due(std::size_t count_max) {
  for (auto& due : queue_.take_due(now(), count_max)) {
    std::visit([this](auto& what) { deliver(what); }, due);
  }
}

// Off the loop only a turn may touch the wake-up; every turn ends with `arm`.
void actor_timers::add(time_point due, const core::timer_key& key, event what) {
  const auto added = queue_.add(due, key, std::move(what));
  if (!added.is_next) return;
  if (driver_.on_loop_thread()) {
    driver_.wake_at(due);
  } else {
    driver_.wake_soon();
  }
}

void actor_timers::deliver(timeout& what) {
  what.self->get()->eq_impl(caf::make_message_id(), what.self, nullptr,
                            caf::timeout_msg{what.type, what.id});
}

void actor_timers::deliver(request_timeout& what) {
  what.self->get()->eq_impl(what.id, what.self, nullptr, make_error(caf::sec::request_timeout));
}

void actor_timers::deliver(delayed_message& what) {
  what.receiver->enqueue(std::move(what.content), nullptr);
}

void actor_timers::deliver(delayed_group_message& what) {
  what.target->eq_impl(caf::make_message_id(), std::move(what.sender), nullptr,
                       std::move(what.content));
}

void actor_timers::deliver(repeated_look& what) {
  const auto again = what.look(now());
  if (!again) return deliver(what.wake);
  const auto key = make_key(what.wake.receiver->get(), timer_kind::look, ++last_message_);
  add(*again, key, std::move(what));
}

}  // namespace hobnob
