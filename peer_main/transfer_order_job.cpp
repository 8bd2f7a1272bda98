#include "peer_main/transfer_order_job.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/core/sanitise.hpp"
#include "actors/request.hpp"
#include "peer_main/transfer_events.hpp"

#include <algorithm>
#include <caf/error.hpp>
#include <string>
#include <utility>
#include <vector>

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

std::string state_in_words(transfer_state state) {
  return state == transfer_state::failed ? "has failed" : "is " + std::string{to_string(state)};
}

/// As much of its id as `transfers` shows, or more if that is another one's too.
std::string telling_part_of(const transfer_info& row,
                            const std::vector<const transfer_info*>& rows) {
  const auto id = to_string(row.id);
  std::size_t size = 8;
  const auto is_told_by = [&](const auto* other) {
    return to_string(other->id).starts_with(std::string_view{id}.substr(0, size));
  };
  while (size < id.size() && std::count_if(rows.begin(), rows.end(), is_told_by) > 1) ++size;
  return id.substr(0, size);
}

/// `0a1b2c3d (photos to bob), 4e5f6a7b (report.pdf from cara)`
std::string named(const std::vector<const transfer_info*>& rows) {
  constexpr std::size_t named_max = 8, name_size_max = 40;
  std::string text;
  for (std::size_t i = 0; i < rows.size() && i < named_max; ++i) {
    const auto& row = *rows[i];
    const bool sends = row.direction == transfer_direction::sending;
    text += (i > 0 ? ", " : "") + telling_part_of(row, rows) + " (" +
            core::sanitise_line(row.summary.name, name_size_max) + (sends ? " to " : " from ") +
            row.user + ")";
  }
  if (rows.size() <= named_max) return text;
  return text + " and " + std::to_string(rows.size() - named_max) + " more, see `transfers`";
}

}  // namespace

core::checked<transfer_info> find_transfer(const transfer_list& list, const std::string& command,
                                           const std::string& asked) {
  std::vector<const transfer_info*> found;
  const transfer_info* other = nullptr;
  for (const auto& row : list.transfers) {
    if (!to_string(row.id).starts_with(asked)) continue;
    if (can_be_given(command, row))
      found.push_back(&row);
    else
      other = &row;
  }
  if (found.size() == 1) return *found.front();
  if (found.size() > 1)
    return found_transfer::failure("several transfers are meant: " + named(found));
  if (asked.empty()) return found_transfer::failure("there is nothing to " + command);
  if (other != nullptr)
    return found_transfer::failure("the transfer " + state_in_words(other->state) +
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
