// What is remembered of transfers, and for how long.

#include "actors/transfer/transfer_desk.hpp"
#include "actors/transfer/transfer_words.hpp"

#include <spdlog/spdlog.h>
#include <caf/send.hpp>
#include <utility>
#include <vector>

namespace hobnob {
namespace {

constexpr std::size_t ended_kept_max = 100;
constexpr std::chrono::seconds journal_retry_pause{10};

}  // namespace

void transfer_desk_state::recall(core::transfer_journal::loaded remembered) {
  for (const auto& problem : remembered.problems) spdlog::warn("{}", problem);
  // What cannot be read may be of one that goes on.
  if (config->clean_up && worker && remembered.problems.empty()) {
    worker->after(std::chrono::milliseconds{0},
                  [settings = config, records = remembered.records, now = wall_ms()] {
                    settings->clean_up(records, now);
                  });
  }
  for (auto& record : remembered.records) {
    const auto info = info_of(record);
    if (is_final(info.state)) {
      auto& row = transfers[record.id];
      row.number = ++last_number;
      row.info = info;
      row.record = std::make_shared<const core::transfer_record>(std::move(record));
      continue;
    }
    file_transfer_config made;
    made.record = std::move(record);
    made.remembered = true;
    add(std::move(made));
  }
  forget_old();
  wish_for_links();
}

void transfer_desk_state::remember(const std::shared_ptr<const core::transfer_record>& record) {
  if (!config->journal) return;
  to_write[record->id] = record;
  write_journal();
}

/// Ended ones: those beyond the last hundred, and those of more than a week ago.
void transfer_desk_state::forget_old() {
  std::map<std::uint64_t, transfer_id> ended;
  for (const auto& [id, row] : transfers) {
    if (!row.actor) ended.emplace(row.number, id);
  }
  auto surplus = ended.size() > ended_kept_max ? ended.size() - ended_kept_max : 0;
  const auto now = wall_ms();
  for (const auto& [number, id] : ended) {
    const auto& record = transfers.at(id).record;
    const bool old = record && record->expires_ms < now;
    if (surplus == 0 && !old) continue;
    if (surplus > 0) --surplus;
    transfers.erase(id);
    if (config->journal) to_write[id] = nullptr;
  }
  write_journal();
}

/// One call at a time: what changes meanwhile goes with the next one, and of each transfer only its
/// last record.
void transfer_desk_state::write_journal() {
  if (writing || to_write.empty()) return;
  writing = true;
  const auto to = caf::actor_cast<caf::weak_actor_ptr>(transfer_desk_actor{self});
  worker->after(std::chrono::milliseconds{0},
                [to, journal = config->journal, changes = std::exchange(to_write, {})] {
                  journal_written news;
                  for (const auto& [id, record] : changes) {
                    const auto error = record ? journal->save(*record) : journal->remove(id);
                    if (error) {
                      news.fault = error.message();
                      news.failed.emplace(id, record);
                    }
                    if (record) news.saved.push_back(id);
                  }
                  if (const auto desk = caf::actor_cast<transfer_desk_actor>(to))
                    caf::anon_send(desk, news);
                });
}

/// From now on it may be offered, whatever happens to this program.
void transfer_desk_state::note_kept(const transfer_id& id) {
  const auto found = transfers.find(id);
  if (found == transfers.end() || std::exchange(found->second.kept, true)) return;
  auto& row = found->second;
  if (!row.actor || row.info.direction != transfer_direction::sending) return;
  const auto* const link = best_link(row.info.user);
  attach(row, link ? *link : transfer_link{});
}

void transfer_desk_state::written(const journal_written& news) {
  writing = false;
  for (const auto& id : news.saved) note_kept(id);
  const bool failed_before = std::exchange(journal_fails, !news.fault.empty());
  if (journal_fails && !failed_before)
    spdlog::warn("a transfer may not go on after a new start: {}", news.fault);
  const bool has_more = !to_write.empty();
  to_write.insert(news.failed.begin(), news.failed.end());  // Unless it has changed since.
  if (has_more) {
    write_journal();
  } else {
    write_again_later();
  }
  if (stopping && !writing) self->quit();
}

/// A disk that was full may have room again.
void transfer_desk_state::write_again_later() {
  if (to_write.empty() || std::exchange(retrying, true)) return;
  self->delayed_send(self, journal_retry_pause, deadline_passed{journal_token});
}

}  // namespace hobnob
