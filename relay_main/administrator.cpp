#include "relay_main/administrator.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/core/user_name.hpp"
#include "actors/request.hpp"
#include "relay_main/events.hpp"

#include <caf/error.hpp>
#include <chrono>
#include <string_view>
#include <utility>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string{text->data(), text->size()} : std::string{};
}

void fail(const std::shared_ptr<control_reply>& reply, std::string_view code,
          std::string_view detail) {
  reply->send(error_event(code, detail));
  reply->finish(exit_code_for(code));
}

}  // namespace

boost::json::object to_json(const admin_order& order) {
  return {{"command", order.command}, {"user", order.user}, {"fingerprint", to_string(order.id)}};
}

admin_order admin_order_from(const boost::json::object& object) {
  admin_order order;
  const auto command = text_of(object, "command");
  order.user = text_of(object, "user");
  order.id = fingerprint::parse(text_of(object, "fingerprint")).value_or(fingerprint{});
  const bool has_key = !order.id.is_null();
  const bool has_user = core::is_user_name(order.user);
  const bool valid = command == "users" ||
                     ((command == "remove" || command == "kick") && has_user) ||
                     ((command == "admit" || command == "rebind") && has_user && has_key);
  if (valid) order.command = command;
  return order;
}

administrator_actor::behavior_type administrator_state::make_behavior(directory_actor rules) {
  directory = std::move(rules);
  return {[this](const admin_order& order) { obey(order); }};
}

void administrator_state::obey(const admin_order& order) {
  if (order.command == "users") return list(order.reply);
  if (order.command == "kick") return change(kick_user{order.user}, order);
  if (order.command == "remove") return change(remove_user{order.user}, order);
  change(admit_user{order.user, order.id, order.command == "rebind"}, order);
}

void administrator_state::list(const std::shared_ptr<control_reply>& reply) {
  request(self, directory, patience, list_users{})
      .then(
          [reply](const account_list& list) {
            for (const auto& account : list.accounts) reply->send(event_of(account));
            reply->finish(exit_done);
          },
          [reply](caf::error&) { fail(reply, "timeout", "the relay did not answer"); });
}

template <class Order>
void administrator_state::change(Order order, const admin_order& asked) {
  request(self, directory, patience, std::move(order))
      .then(
          [asked](const account_change_result& result) {
            const auto what = asked.command + " " + asked.user + ": ";
            if (!result.done) return fail(asked.reply, "refused", what + result.detail);
            asked.reply->send(done_event(what + (result.detail.empty() ? "done" : result.detail)));
            asked.reply->finish(exit_done);
          },
          [asked](caf::error&) { fail(asked.reply, "timeout", "the relay did not answer"); });
}

administrator_actor::behavior_type administrator(
    administrator_actor::stateful_pointer<administrator_state> self, directory_actor directory) {
  return self->state.make_behavior(std::move(directory));
}

}  // namespace hobnob
