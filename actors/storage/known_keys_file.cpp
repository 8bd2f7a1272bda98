#include "actors/storage/known_keys_file.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/user_name.hpp"
#include "actors/storage/small_file.hpp"

#include <spdlog/spdlog.h>
#include <sstream>
#include <utility>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t file_size_max = 64 * 1024 * 1024;
constexpr auto gather_time = 200ms;
constexpr auto retry_interval = 10s;

constexpr std::string_view heading =
    "# The keys that users and relays are known by on this machine. Written by hobnob: edit it\n"
    "# only while no peer runs. To trust a user's new key, use: peer_main verify USER --accept\n";

}  // namespace

core::checked<std::shared_ptr<known_keys_file>> known_keys_file::open(
    std::filesystem::path path, std::shared_ptr<disk> where, std::unique_ptr<background> later) {
  using result = core::checked<std::shared_ptr<known_keys_file>>;
  const auto file = read_small_file(path, file_size_max, *where);
  const auto name = "the file of known keys " + path.string();
  if (file.error && file.error != std::errc::no_such_file_or_directory)
    return result::failure("cannot read " + name + ": " + file.error.message());
  auto keys =
      std::make_shared<known_keys_file>(std::move(path), std::move(where), std::move(later));
  if (const auto problem = keys->read(file.content); !problem.empty())
    return result::failure(name + ", " + problem);
  return keys;
}

known_keys_file::known_keys_file(std::filesystem::path path, std::shared_ptr<disk> where,
                                 std::unique_ptr<background> later)
    : path_(std::move(path)), disk_(std::move(where)), later_(std::move(later)) {}

known_keys_file::~known_keys_file() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  later_.reset();
  flush();
}

std::optional<core::known_key> known_keys_file::user(std::string_view name) const {
  const std::lock_guard lock{mutex_};
  return keys_.user(name);
}

std::vector<core::known_user> known_keys_file::users() const {
  const std::lock_guard lock{mutex_};
  return keys_.users();
}

std::error_code known_keys_file::set_user(std::string_view name, const core::known_key& key) {
  {
    const std::lock_guard lock{mutex_};
    keys_.set_user(name, key);
    if (const auto error = note_change(); !key.verified) return error;
  }
  return flush();
}

std::optional<fingerprint> known_keys_file::relay(std::string_view address) const {
  const std::lock_guard lock{mutex_};
  return keys_.relay(address);
}

std::error_code known_keys_file::set_relay(std::string_view address, const fingerprint& id) {
  const std::lock_guard lock{mutex_};
  keys_.set_relay(address, id);
  return note_change();
}

/// With `mutex_` held, as `write_later`.
std::error_code known_keys_file::note_change() {
  ++changes_;
  if (!write_ordered_) write_later(gather_time);
  return error_;
}

void known_keys_file::write_later(std::chrono::milliseconds delay) {
  if (stopping_) return;
  write_ordered_ = true;
  later_->after(delay, [this] {
    const auto failed = flush();
    const std::lock_guard lock{mutex_};
    write_ordered_ = false;
    if (changes_ != changes_written_) write_later(failed ? retry_interval : gather_time);
  });
}

std::error_code known_keys_file::flush() {
  const std::lock_guard one_at_a_time{writing_};
  std::unique_lock lock{mutex_};
  if (changes_ == changes_written_) return error_;
  const auto text = render();
  const auto version = changes_;
  lock.unlock();
  const auto outcome = replace_file(path_, text, 0600, *disk_);
  lock.lock();
  if (outcome && outcome != error_) {
    spdlog::warn("the known keys cannot be written to {}: {}; new ones hold for this run only",
                 path_.string(), outcome.message());
  }
  error_ = outcome;
  if (!outcome) changes_written_ = version;
  return outcome;
}

std::string known_keys_file::read(std::string_view content) {
  std::size_t number = 0;
  while (!content.empty()) {
    const auto end = content.find('\n');
    const auto line = content.substr(0, end);
    content.remove_prefix(end == content.npos ? content.size() : end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (const auto problem = read_line(line); !problem.empty())
      return "line " + std::to_string(number) + ": " + problem + ": " +
             core::sanitise_line(line, 200);
  }
  return {};
}

std::string known_keys_file::read_line(std::string_view line) {
  std::istringstream words{std::string{line}};
  std::string kind, name, key, trust, rest;
  words >> kind >> name >> key >> trust;
  const auto id = fingerprint::parse(key);
  if (!id) return "the key is no fingerprint";
  if (words >> rest) return "too many words";
  if (kind == "relay" && trust.empty()) {
    keys_.set_relay(name, *id);
    return {};
  }
  if (kind != "user") return "it begins with neither user nor relay";
  if (!core::is_user_name(name)) return "that is no user name";
  if (trust != "verified" && trust != "first-use") return "it must end with verified or first-use";
  keys_.set_user(name, {*id, trust == "verified"});
  return {};
}

std::string known_keys_file::render() const {
  std::string text{heading};
  for (const auto& [name, key] : keys_.users()) {
    text += "user " + name + " " + to_string(key.id);
    text += key.verified ? " verified\n" : " first-use\n";
  }
  for (const auto& [address, id] : keys_.relays())
    text += "relay " + address + " " + to_string(id) + "\n";
  return text;
}

}  // namespace hobnob
