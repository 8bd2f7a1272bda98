#pragma once

#include "actors/core/token_buckets.hpp"
#include "actors/interfaces.hpp"
#include "actors/transfer/file_transfer.hpp"
#include "actors/transfer/offer_policy.hpp"
#include "actors/transfer/run_queue.hpp"
#include "actors/transfer/transfer_messages.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace hobnob {

/// The journal has been brought up to date.
struct journal_written {
  std::vector<core::transfer_id> saved;  ///< Or not: see `failed`.
  std::map<core::transfer_id, std::shared_ptr<const core::transfer_record>> failed{};
  std::string fault{};  ///< Empty, or why a transfer could not be remembered.
};

// clang-format off: one handler a line.

/// All transfers of one peer: what comes for them on links is handed to the right one.
using transfer_desk_actor = transfers_actor::extend_with<link_transfers_actor>::extend_with<
    transfer_owner_actor>::extend<caf::reacts_to<deadline_passed>, caf::reacts_to<journal_written>>;

// clang-format on

struct transfer_desk_config {
  transfer_config settings;
  std::string own_user;
  std::set<fingerprint> met_before;  ///< Users known before this start of the program.
  core::transfer_journal::loaded remembered;
  std::function<void(std::span<std::byte>)> random;
  std::function<std::int64_t()> wall_ms;  ///< Unix time.

  /// Where the journal is written, and the transfers' own backgrounds are destroyed, which may wait
  /// for a call under way: its own end must not come on the loop.
  std::shared_ptr<background> worker;
};

/// Of the desk's alarms: for offers that were too many at once, for what could not be remembered.
inline constexpr std::uint64_t late_offers_token = 1, journal_token = 2;

/// Keeps the book of a peer's transfers, and ends when the peer does. Its reasons to change are
/// files of their own:
///
///   transfer_desk.cpp          its behaviour; what is asked of it, and told
///   transfer_desk_offers.cpp   offers that come in, and words on transfers that nobody knows
///   transfer_desk_links.cpp    which link each transfer goes by
///   transfer_desk_journal.cpp  what is remembered, and for how long
struct transfer_desk_state {
  static inline const char* name = "hobnob.transfer_desk";

  explicit transfer_desk_state(transfer_desk_actor::pointer selfptr) : self(selfptr) {}

  transfer_desk_actor::behavior_type make_behavior(transfer_desk_config settings, peer_actor owner);

  struct entry {
    std::uint64_t number = 0;  ///< In the order of beginning.
    transfer_info info;
    std::int64_t expires_ms = 0;  ///< Of an offer.
    file_transfer_actor actor;    ///< Null once it has ended.
    std::uint64_t link = 0;       ///< That it goes by; 0: none.
    bool told = false;            ///< To subscribers.
    bool wished = false;          ///< For a better link, of the peer.
    bool kept = false;            ///< The journal has it: it may be offered.
    std::vector<std::string> sources;
    std::shared_ptr<const core::transfer_record> record;
  };
  using entry_map = std::map<transfer_id, entry>;

  /// An offer whose sender's trustworthiness is being asked for.
  struct offer_in_hand {
    core::transfer_record record;
    std::uint64_t link = 0;
  };

  // --- transfer_desk.cpp
  caf::result<transfer_started> start(send_files& order);
  transfer_started begin(send_files& order);
  transfer_started go_on(const transfer_id& id, const send_files& order);
  caf::result<transfer_started> join(const entry& begun, send_files& order);
  template <class Order>
  caf::result<transfer_order_result> hand_over(const Order& order);
  const entry* find_begun(const std::string& user, const std::vector<std::string>& sources) const;
  transfer_list list() const;
  void subscribe(const transfer_subscriber_actor& subscriber);
  entry& add(file_transfer_config made);
  void take(const transfer_told& news);
  void give_slot(const slot_wanted& wish);
  template <class Event>
  void tell(const Event& event);
  bool wants_link(const entry& row) const;
  void wish_for_links();
  void stop();

  // --- transfer_desk_offers.cpp
  void take(const link_frames& arrived);
  void hand(const transfer_link& from, const transfer_id& id, std::vector<transfer_input> inputs);
  bool answer_for(const entry& ended, const transfer_link& from, const transfer_input& input);
  void offer_again(const entry& ended, const transfer_link& to);
  void consider(const transfer_link& from, const std::string& user, const transfer_id& id,
                const wire::Transfer& message);
  void weigh(const offer_in_hand& offer);
  void decide(const offer_in_hand& offer, bool verified);
  bool may_offer(const std::string& user);
  void wait_with_offers();
  void weigh_late_offers();
  void withdraw(const transfer_id& id, const fingerprint& by,
                const std::vector<transfer_input>& inputs);

  // --- transfer_desk_links.cpp
  void open(const link_ready& news);
  void close(std::uint64_t link);
  void drained(std::uint64_t link);
  const transfer_link* best_link(const std::string& user) const;
  void attach(entry& transfer, const transfer_link& link);

  // --- transfer_desk_journal.cpp
  void recall(core::transfer_journal::loaded remembered);
  void remember(const std::shared_ptr<const core::transfer_record>& record);
  void forget_old();
  void write_journal();
  void note_kept(const transfer_id& id);
  void written(const journal_written& news);
  void write_again_later();

  transfer_desk_actor::pointer self;
  std::shared_ptr<const transfer_config> config;
  std::string own_user;
  std::set<fingerprint> met_before;
  std::function<void(std::span<std::byte>)> random;
  std::function<std::int64_t()> wall_ms;
  peer_actor peer;
  std::vector<transfer_subscriber_actor> subscribers;

  entry_map transfers;
  std::uint64_t last_number = 0;
  std::optional<run_queue> sending, receiving;
  std::shared_ptr<rate_limit> shared_limit;
  std::shared_ptr<kept_input_budget> kept = std::make_shared<kept_input_budget>();
  std::map<transfer_id, offer_in_hand> in_hand;
  core::token_buckets offer_rates{2, 100};  // Of each user, a second and at once; more wait.
  std::deque<transfer_id> late_offers;      // In hand, and too many at once.
  bool waiting_with_offers = false;         // A timer for these runs.

  struct known_link {
    transfer_link link;
    std::string user;
    std::uint64_t epoch = 0, serial = 0;
    transfer_id drained_first{};  ///< Who was told first that it takes content again.
  };
  std::map<std::uint64_t, known_link> links;  // By their numbers: the newest of a user is the last.
  bool wishing = false;                       // A timer for the next wish runs.

  std::shared_ptr<background> worker;
  std::map<transfer_id, std::shared_ptr<const core::transfer_record>> to_write;  // Null: remove.
  bool writing = false;
  bool journal_fails = false;  // As far as is known: it is tried again.
  bool retrying = false;       // A timer for that runs.
  bool stopping = false;
};

transfer_desk_actor::behavior_type transfer_desk(
    transfer_desk_actor::stateful_pointer<transfer_desk_state> self, transfer_desk_config config,
    peer_actor peer);

}  // namespace hobnob
