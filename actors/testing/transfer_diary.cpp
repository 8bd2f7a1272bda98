#include "actors/testing/transfer_diary.hpp"

#include <algorithm>
#include <utility>

namespace hobnob::testing {
namespace {

constexpr const char* state_words[] = {"offered", "queued", "running", "verifying",
                                       "waiting", "paused", "done",    "failed"};

void note_news(transfer_diary& book, unsigned life, const diary_environment& around,
               const transfer_info& info) {
  auto& changes = book.changes[info.id];
  book.latest[info.id] = info;
  book.lives[info.id] = life;
  if (!changes.empty() && changes.back().state == info.state && changes.back().code == info.code)
    return;
  changes.push_back(info);
  around.note("transfer", to_text(info));
}

}  // namespace

bool transfer_diary::has_been(const transfer_id& id, transfer_state state,
                              const std::string& code) const {
  const auto found = changes.find(id);
  return found != changes.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const transfer_info& info) {
           return info.state == state && (code.empty() || info.code == code);
         });
}

std::string_view to_string(transfer_state state) noexcept {
  return state_words[static_cast<std::size_t>(state)];
}

std::string to_text(const transfer_info& info) {
  const bool sends = info.direction == transfer_direction::sending;
  std::string text = sends ? "to " : "from ";
  text.append(info.user).append(" ").append(to_string(info.state));
  if (!info.code.empty()) text += " " + info.code;
  return text + " " + std::to_string(info.bytes_done) + "/" + std::to_string(info.summary.bytes);
}

transfer_subscriber_actor::behavior_type keep_transfer_diary(transfer_subscriber_actor::pointer,
                                                             std::shared_ptr<transfer_diary> book,
                                                             diary_environment environment) {
  const auto around = std::make_shared<const diary_environment>(std::move(environment));
  const auto life = ++book->life;
  return {[=](const transfer_offered& news) {
            book->offers.push_back(news);
            note_news(*book, life, *around, news.info);
          },
          [=](const transfer_progress& news) { note_news(*book, life, *around, news.info); },
          [=](const transfer_ended& news) {
            ++book->ended[news.info.id];
            note_news(*book, life, *around, news.info);
          }};
}

}  // namespace hobnob::testing
