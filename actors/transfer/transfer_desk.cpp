#include "actors/transfer/transfer_desk.hpp"

#include "actors/core/user_name.hpp"
#include "actors/request.hpp"
#include "actors/spawn.hpp"
#include "actors/transfer/receiving_transfer.hpp"
#include "actors/transfer/sending_transfer.hpp"
#include "actors/transfer/transfer_words.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>
#include <type_traits>
#include <utility>

namespace hobnob {
namespace {

/// A wish holds for a minute.
constexpr std::chrono::seconds wish_interval{45};

constexpr std::chrono::seconds look_patience{30};
constexpr std::size_t name_size_max = 255;
constexpr std::size_t note_size_max = 200;

}  // namespace

transfer_desk_actor::behavior_type transfer_desk_state::make_behavior(transfer_desk_config settings,
                                                                      peer_actor owner) {
  config = std::make_shared<const transfer_config>(std::move(settings.settings));
  own_user = std::move(settings.own_user);
  met_before = std::move(settings.met_before);
  random = std::move(settings.random);
  wall_ms = std::move(settings.wall_ms);
  worker = std::move(settings.worker);
  peer = std::move(owner);
  sending.emplace(config->running_max);
  receiving.emplace(config->running_max);
  if (config->bytes_per_second != 0)
    shared_limit = std::make_shared<rate_limit>(config->bytes_per_second);
  self->monitor(peer);
  self->set_down_handler([this](caf::scheduled_actor*, caf::down_msg& down) {
    if (down.source == peer.address()) return stop();
    std::erase_if(subscribers, [&](const auto& s) { return s.address() == down.source; });
  });
  recall(std::move(settings.remembered));
  return {[this](const add_transfer_subscriber& order) { subscribe(order.subscriber); },
          [this](send_files& order) -> caf::result<transfer_started> { return start(order); },
          [this](const answer_offer& order) { return hand_over(order); },
          [this](const cancel_transfer& order) { return hand_over(order); },
          [this](const pause_transfer& order) { return hand_over(order); },
          [this](const resume_transfer& order) { return hand_over(order); },
          [this](const limit_transfer& order) { return hand_over(order); },
          [this](list_transfers) { return list(); },
          [this](const link_ready& news) { open(news); },
          [this](const link_frames& arrived) { take(arrived); },
          [this](const link_drained& news) { drained(news.link); },
          [this](const link_gone& news) { close(news.link); },
          [this](const transfer_told& news) { take(news); },
          [this](const slot_wanted& wish) { give_slot(wish); },
          [this](const deadline_passed& moment) {
            if (moment.token == late_offers_token) return weigh_late_offers();
            if (moment.token == journal_token) return retrying = false, write_journal();
            wishing = false;
            wish_for_links();
          },
          [this](const journal_written& news) { written(news); }};
}

// --- What is asked of it ---

caf::result<transfer_started> transfer_desk_state::start(send_files& order) {
  if (const auto* begun = find_begun(order.to, order.sources)) return join(*begun, order);
  return begin(order);
}

/// The same files on their way to the same user: they go on, instead of beginning anew; unless they
/// are others by now.
caf::result<transfer_started> transfer_desk_state::join(const entry& begun, send_files& order) {
  auto promise = self->make_response_promise<transfer_started>();
  const auto id = begun.info.id;
  request(self, begun.actor, look_patience, compare_source{order.source})
      .then(
          [this, promise, id, order](const source_compared& seen) mutable {
            promise.deliver(seen.same ? go_on(id, order) : begin(order));
          },
          [this, promise, id, order](caf::error&) mutable {
            const auto found = transfers.find(id);
            const bool goes_on = found != transfers.end() && found->second.actor;
            promise.deliver(goes_on ? go_on(id, order) : begin(order));
          });
  return promise;
}

transfer_started transfer_desk_state::go_on(const transfer_id& id, const send_files& order) {
  const auto found = transfers.find(id);
  if (found != transfers.end() && found->second.actor)
    caf::anon_send(found->second.actor, limit_transfer{id, order.limits});
  return {id, {}, {}};
}

transfer_started transfer_desk_state::begin(send_files& order) {
  if (stopping) return {{}, "stopped", "the peer has stopped"};
  if (!core::is_user_name(order.to) || order.to == own_user)
    return {{}, "bad-name", "nothing can be sent to \"" + order.to + "\""};
  if (order.name.size() > name_size_max)
    return {{}, "bad-name", "the name is longer than 255 bytes"};
  file_transfer_config made;
  random(std::as_writable_bytes(std::span{made.record.id}));
  made.record.direction = transfer_direction::sending;
  made.record.user = order.to;
  made.record.summary.name = std::move(order.name);
  made.record.sources = std::move(order.sources);
  made.record.state = "offered";
  if (order.expires.count() > 0) {
    made.record.expires_ms =
        wall_ms() + std::chrono::duration_cast<std::chrono::milliseconds>(order.expires).count();
  }
  made.record.note = shortened(order.note, note_size_max);
  made.record.bytes_per_second = order.limits.bytes_per_second;
  made.source = std::move(order.source);
  return {add(std::move(made)).info.id, {}, {}};
}

const transfer_desk_state::entry* transfer_desk_state::find_begun(
    const std::string& user, const std::vector<std::string>& sources) const {
  if (sources.empty()) return nullptr;
  const auto found = std::find_if(transfers.begin(), transfers.end(), [&](const auto& each) {
    const auto& row = each.second;
    return row.actor && row.info.direction == transfer_direction::sending &&
           row.info.user == user && row.sources == sources;
  });
  return found == transfers.end() ? nullptr : &found->second;
}

template <class Order>
caf::result<transfer_order_result> transfer_desk_state::hand_over(const Order& order) {
  const auto found = transfers.find(order.id);
  if (found == transfers.end())
    return transfer_order_result{false, "unknown-transfer", "there is no such transfer"};
  if (!found->second.actor) {
    const bool answer = std::is_same_v<Order, answer_offer>;
    return transfer_order_result{false, answer ? "already-answered" : "unknown-transfer",
                                 "the transfer has ended"};
  }
  return self->delegate(found->second.actor, order);
}

transfer_list transfer_desk_state::list() const {
  std::vector<const entry*> rows;
  for (const auto& [id, row] : transfers) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](const entry* a, const entry* b) {
    return std::pair{!a->actor, a->number} < std::pair{!b->actor, b->number};
  });
  transfer_list result;
  for (const auto* row : rows) result.transfers.push_back(row->info);
  return result;
}

void transfer_desk_state::subscribe(const transfer_subscriber_actor& subscriber) {
  subscribers.push_back(subscriber);
  self->monitor(subscriber);
  for (const auto& info : list().transfers) {
    const auto& row = transfers.at(info.id);
    if (!row.actor || !row.told) continue;  // It is about to tell of itself.
    const bool offer =
        info.direction == transfer_direction::receiving && info.state == transfer_state::offered;
    if (offer) {
      self->send(subscriber, transfer_offered{info, row.expires_ms});
    } else {
      self->send(subscriber, transfer_progress{info});
    }
  }
}

// --- Transfers ---

/// A transfer begins, or goes on after a start of the program.
transfer_desk_state::entry& transfer_desk_state::add(file_transfer_config made) {
  const auto id = made.record.id;
  auto& row = transfers[id];
  row.number = ++last_number;
  row.told = false;
  row.info = info_of(made.record);
  row.sources = made.record.sources;
  const bool sends = made.record.direction == transfer_direction::sending;
  row.kept = made.remembered || !config->journal || !sends;
  if (!row.kept) {
    row.record = std::make_shared<const core::transfer_record>(made.record);
    remember(row.record);
  }
  made.settings = config;
  made.shared_limit = shared_limit;
  made.kept = kept;
  made.reaper = worker;
  made.wall_ms = wall_ms;
  if (sends) {
    const auto* const link = best_link(row.info.user);
    made.link_coming = link != nullptr;
    row.actor =
        spawn(self->system(), sending_transfer, std::move(made), transfer_owner_actor{self});
    if (link) attach(row, *link);
  } else {
    row.actor =
        spawn(self->system(), receiving_transfer, std::move(made), transfer_owner_actor{self});
  }
  return row;
}

void transfer_desk_state::take(const transfer_told& news) {
  const auto found = transfers.find(news.info.id);
  if (found == transfers.end()) return;
  auto& row = found->second;
  const bool first = !std::exchange(row.told, true);
  const auto key = row.info.key;
  row.info = news.info;
  if (row.info.key.is_null()) row.info.key = key;  // It has not heard of its link yet.
  row.expires_ms = news.expires_ms;
  if (news.record) {
    row.record = news.record;
    remember(news.record);
  }
  if (is_final(news.info.state)) {
    row.actor = nullptr;
    row.link = 0;
    row.number = ++last_number;  // The order of ending.
    tell(transfer_ended{news.info});
    return forget_old();
  }
  const bool offer = news.info.direction == transfer_direction::receiving &&
                     news.info.state == transfer_state::offered;
  if (offer && first) {
    tell(transfer_offered{news.info, news.expires_ms});
  } else {
    tell(transfer_progress{news.info});
  }
  if (!wants_link(row)) {
    row.wished = false;
  } else if (!row.wished) {
    wish_for_links();
  }
}

void transfer_desk_state::give_slot(const slot_wanted& wish) {
  auto& queue = wish.direction == transfer_direction::sending ? *sending : *receiving;
  if (wish.ticket == 0) {
    for (const auto& turn : queue.release(wish.id)) {
      const auto found = transfers.find(turn.id);
      if (found != transfers.end() && found->second.actor)
        self->send(found->second.actor, slot_answer{turn.ticket, true});
    }
    return;
  }
  const auto found = transfers.find(wish.id);
  if (found == transfers.end() || !found->second.actor) return;
  const bool granted = queue.ask({wish.id, wish.ticket, found->second.info.user});
  self->send(found->second.actor, slot_answer{wish.ticket, granted});
}

template <class Event>
void transfer_desk_state::tell(const Event& event) {
  for (const auto& subscriber : subscribers) self->send(subscriber, event);
}

/// It could go on if there were a better link.
bool transfer_desk_state::wants_link(const entry& row) const {
  if (!row.actor || row.info.state == transfer_state::paused) return false;
  if (row.info.state == transfer_state::offered &&
      row.info.direction == transfer_direction::receiving)
    return false;
  return row.link == 0 || row.info.path == path_kind::none || row.info.path == path_kind::circuit;
}

void transfer_desk_state::wish_for_links() {
  std::set<std::string> users;
  for (auto& [id, row] : transfers) {
    row.wished = wants_link(row);
    if (row.wished) users.insert(row.info.user);
  }
  for (const auto& user : users) self->send(peer, want_link{user});
  if (users.empty() || std::exchange(wishing, true)) return;
  self->delayed_send(self, wish_interval, deadline_passed{});
}

/// What runs goes on with the next start of the program, if it is remembered.
void transfer_desk_state::stop() {
  if (std::exchange(stopping, true)) return;
  for (auto& [id, row] : transfers) {
    if (row.actor) self->send_exit(row.actor, caf::exit_reason::user_shutdown);
  }
  links.clear();
  if (!writing) self->quit();
}

transfer_desk_actor::behavior_type transfer_desk(
    transfer_desk_actor::stateful_pointer<transfer_desk_state> self, transfer_desk_config config,
    peer_actor peer) {
  return self->state.make_behavior(std::move(config), std::move(peer));
}

}  // namespace hobnob
