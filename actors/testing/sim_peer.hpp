#pragma once

#include "actors/core/transfer_journal.hpp"
#include "actors/peer/peer.hpp"
#include "actors/spawn.hpp"
#include "actors/testing/diary.hpp"
#include "actors/testing/memory_files.hpp"
#include "actors/testing/program.hpp"
#include "actors/testing/transfer_diary.hpp"

#include <caf/event_based_actor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hobnob::sim {
class random_source;
}

namespace hobnob::testing {

/// A peer on a simulated host, and what it has told over all its starts. Its identity and what it
/// knows of others' keys and of its transfers are on the host's disk.
class sim_peer final : public program {
 public:
  /// `run` runs the world until a condition holds; false if it did not in time.
  using runner = std::function<bool(const std::function<bool()>&)>;

  /// Spawns what else is in the program: actors that live and die with it, on its actor system.
  using start_hook = std::function<void(caf::actor_system&, hobnob::peer&)>;

  /// `keys`: where an identity comes from when the disk holds none.
  sim_peer(program_surroundings around, sim::node& host, const sim::random_source& keys,
           peer_config config, runner run);
  ~sim_peer() override;

  const std::string& user() const noexcept { return config_.user; }

  /// As of its last start; before the first one, the key that it will make.
  const fingerprint& id() const noexcept { return self_.fingerprint(); }

  struct start_with_key {
    time_point at;
    fingerprint id;
  };

  /// Its starts that came as far as a key.
  const std::vector<start_with_key>& keys() const noexcept { return keys_; }

  const peer_config& config() const noexcept { return config_; }

  /// Called at each start from the next one on, before the peer logs in: whom it subscribes misses
  /// nothing.
  void at_start(start_hook hook) { at_start_ = std::move(hook); }

  /// What they send is not in `book().sent`.
  bool has_own_actors() const noexcept { return at_start_ != nullptr; }

  // Doing something; only while it runs (or is paused).

  /// Of a program that does not run these two throw `std::logic_error`.
  message_id send_text(std::string to, std::string text);
  message_id send(std::string to, std::string channel, std::string_view content);

  /// Asks its actor, which runs the world for a moment: `peer.ask<user_list>(get_users{})`.
  /// Nothing if no answer came.
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    return peer_ ? ask_of<Answer>(peer_->handle(), std::move(question)) : std::nullopt;
  }

  /// The same of its transfers: `bob.ask_transfers<transfer_order_result>(pause_transfer{id})`.
  template <class Answer, class Question>
  std::optional<Answer> ask_transfers(Question question) {
    return peer_ ? ask_of<Answer>(peer_->transfers(), std::move(question)) : std::nullopt;
  }

  /// Offers `order.source` to `order.to`, which runs the world for a moment; a null id if that was
  /// refused. Throws `std::logic_error` if the program does not run.
  transfer_id send_files(hobnob::send_files order);

  /// From its next start on: takes every offer, into memory.
  void take_files();

  /// Offers a file whose content follows from its name and size; otherwise as `send_files`. Throws
  /// `std::logic_error` without `take_files` too.
  transfer_id give(const std::string& to, const std::string& name, std::size_t size);

  /// The same from within an event, where nobody can wait for the id.
  void start_giving(const std::string& to, const std::string& name, std::size_t size);

  bool has_given(const std::string& name) const { return files_ && files_->has_made(name); }

  /// Whether that transfer is complete here, the file as `give` made it.
  bool has_received(const transfer_id& id, const std::string& name, std::size_t size) const {
    return files_ && files_->has_received(id, name, size);
  }

  /// A row of `who`; the default one for a user who is not known.
  user_info row(const std::string& user);

  /// Null if it does not run.
  hobnob::peer* facade() const noexcept { return peer_.get(); }

  // What was told.

  const diary& book() const noexcept { return *book_; }
  const transfer_diary& transfers() const noexcept { return *transfer_book_; }

  /// The last word on a transfer.
  transfer_info transfer(const transfer_id& id) const;

  /// What its disk remembers of transfers; nothing while it does not run.
  std::vector<core::transfer_record> remembered_transfers() const;

  /// Chat texts in the order of their coming, of all lives.
  std::vector<std::string> inbox() const;

  /// The last word on a message: `queued` or `sent` until there is a final one.
  message_progress outcome(const message_id& id) const;

  bool online() const { return running() && book_->session.state == session_state::online; }

  /// Who else is there, sorted, as it was told.
  std::vector<std::string> roster() const;

  /// Whom it has a link to, sorted.
  std::vector<std::string> links() const;
  bool is_linked(const std::string& user) const;

  /// How messages to this user travel; `none` without a link.
  path_kind path_to(const std::string& user) const;

 protected:
  std::string load(const std::shared_ptr<disk>& data, network& net) override;
  std::string launch(sim_process& process) override;
  void ask_to_quit() override;
  bool has_quit() override;
  std::shared_ptr<void> take_leftover() override;

 private:
  hobnob::peer& living() const;
  hobnob::send_files gift(const std::string& to, const std::string& name, std::size_t size);
  void write_down(const std::string& to, const std::string& channel, const message_id& id);

  template <class Answer, class Actor, class Question>
  std::optional<Answer> ask_of(const Actor& asked, Question question);

  std::unique_ptr<sim::random_source> key_source_;
  identity self_;
  peer_config config_;
  runner run_;
  start_hook at_start_;
  std::vector<start_with_key> keys_;
  std::shared_ptr<core::known_keys> known_;  // Of the present run.
  std::shared_ptr<diary> book_ = std::make_shared<diary>();
  std::shared_ptr<transfer_diary> transfer_book_ = std::make_shared<transfer_diary>();
  std::unique_ptr<memory_files> files_;
  std::shared_ptr<core::transfer_journal> journal_;  // Of the present run.
  std::shared_ptr<hobnob::peer> peer_;
};

template <class Answer, class Actor, class Question>
std::optional<Answer> sim_peer::ask_of(const Actor& asked, Question question) {
  struct reply {
    std::optional<Answer> answer;
    bool came = false;
  };
  const auto told = std::make_shared<reply>();
  spawn(
      process()->system(),
      [told, question = std::move(question)](caf::event_based_actor* self, Actor receiver) {
        self->request(receiver, std::chrono::seconds{20}, question)
            .then(
                [told](Answer& answer) {
                  told->answer = std::move(answer);
                  told->came = true;
                },
                [told](caf::error&) { told->came = true; });
      },
      asked);
  run_([told] { return told->came; });
  return std::move(told->answer);
}

}  // namespace hobnob::testing
