#include "peer_main/transfer_order_job.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/core/sanitise.hpp"
#include "actors/request.hpp"
#include "peer_main/transfer_events.hpp"

#include <caf/error.hpp>
#include <utility>

namespace hobnob {
namespace {

using found_transfer = core::checked<transfer_info>;

bool can_be_given(const std::string& command, const transfer_info& to) {
  const bool offer =
      to.direction == transfer_direction::receiving && to.state == transfer_state::offered;
  const bool over = to.state == transfer_state::done || to.state == transfer_state::failed;
  if (command == "accept" || command == "reject") return offer;
  if (command == "resume") {
    return to.state == transfer_state::paused || to.state == transfer_state::waiting;
  }
  return !over;
}

}  // namespace

core::checked<transfer_info> find_transfer(const transfer_list& list, const std::string& command,
                                           const std::string& asked) {
  const transfer_info* found = nullptr;
  const transfer_info* other = nullptr;
  for (const auto& row : list.transfers) {
    if (!to_string(row.id).starts_with(asked)) continue;
    if (!can_be_given(command, row)) {
      other = &row;
      continue;
    }
    if (found != nullptr)
      return found_transfer::failure("several transfers are meant: see the ids in `transfers`");
    found = &row;
  }
  if (found != nullptr) return *found;
  if (asked.empty()) return found_transfer::failure("there is nothing to " + command);
  if (other != nullptr)
    return found_transfer::failure("the transfer is " + std::string{to_string(other->state)} +
                                   ": nothing to " + command);
  return found_transfer::failure("there is no transfer " + core::sanitise_line(asked, 40));
}

void transfer_order_state::begin(transfer_order_config settings) {
  config = std::move(settings);
  request(self, config.transfers, config.request.timeout, list_transfers{})
      .then([this](const transfer_list& list) { take(list); },
            [this](caf::error&) { fail("timeout", "the peer did not answer"); });
}

void transfer_order_state::take(const transfer_list& list) {
  if (config.request.command == "transfers") {
    for (const auto& row : list.transfers) config.emit(event_of(row));
    config.emit(transfers_event(list.transfers.size()));
    return finish(exit_done);
  }
  const auto about = find_transfer(list, config.request.command, config.request.transfer);
  if (!about) return fail("unknown-transfer", about.error());
  obey(*about);
}

void transfer_order_state::obey(const transfer_info& about) {
  const auto& asked = config.request;
  if (asked.command == "accept" || asked.command == "reject") {
    answer_offer answer;
    answer.id = about.id;
    answer.accept = asked.command == "accept";
    answer.folder = asked.folder;
    answer.conflicts = asked.conflicts;
    answer.limits.bytes_per_second = asked.bytes_per_second;
    return order(about, std::move(answer));
  }
  if (asked.command == "pause") return order(about, pause_transfer{about.id});
  if (asked.command == "resume") return order(about, resume_transfer{about.id});
  order(about, cancel_transfer{about.id});
}

template <class Order>
void transfer_order_state::order(const transfer_info& about, Order what) {
  request(self, config.transfers, config.request.timeout, std::move(what))
      .then(
          [this, about](const transfer_order_result& result) {
            if (!result.done) return fail(result.code, result.detail);
            config.emit(transfer_order_event(config.request.command, about));
            finish(exit_done);
          },
          [this](caf::error&) { fail("timeout", "the peer did not answer"); });
}

void transfer_order_state::fail(std::string_view code, std::string_view detail) {
  config.emit(error_event(code, detail));
  finish(exit_code_for(code));
}

void transfer_order_state::finish(int exit_code) {
  config.finish(exit_code);
  self->quit();
}

caf::behavior transfer_order_job(caf::stateful_actor<transfer_order_state>* self,
                                 transfer_order_config config) {
  self->state.begin(std::move(config));
  return {};
}

}  // namespace hobnob
