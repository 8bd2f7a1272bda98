#include "actors/storage/known_keys_file.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/user_name.hpp"
#include "actors/storage/small_file.hpp"

#include <chrono>
#include <sstream>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t file_size_max = 64 * 1024 * 1024;
constexpr auto gather_time = 200ms;

constexpr std::string_view heading =
    "# The keys that users and relays are known by on this machine. Written by hobnob: edit it\n"
    "# only while no program runs. A line removed here makes the next key of that name trusted.\n";

}  // namespace

core::checked<std::shared_ptr<known_keys_file>> known_keys_file::open(std::filesystem::path path) {
  using result = core::checked<std::shared_ptr<known_keys_file>>;
  const auto file = read_small_file(path, file_size_max);
  const auto name = "the file of known keys " + path.string();
  if (file.error && file.error != std::errc::no_such_file_or_directory)
    return result::failure("cannot read " + name + ": " + file.error.message());
  auto keys = std::make_shared<known_keys_file>(std::move(path));
  if (const auto problem = keys->read(file.content); !problem.empty())
    return result::failure(name + ", " + problem);
  return keys;
}

known_keys_file::known_keys_file(std::filesystem::path path)
    : path_(std::move(path)), writer_([this] { write_changes(); }) {}

known_keys_file::~known_keys_file() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

std::optional<core::known_key> known_keys_file::user(std::string_view name) const {
  const std::lock_guard lock{mutex_};
  return users_.user(name);
}

std::vector<core::known_user> known_keys_file::users() const {
  const std::lock_guard lock{mutex_};
  return users_.users();
}

// The two setters answer how the last write went: an error comes one change late, and again until a
// write succeeds.

std::error_code known_keys_file::set_user(std::string_view name, const core::known_key& key) {
  const std::lock_guard lock{mutex_};
  users_.set_user(name, key);
  ++changes_;
  wake_.notify_one();
  return error_;
}

std::optional<fingerprint> known_keys_file::relay(std::string_view address) const {
  const std::lock_guard lock{mutex_};
  const auto found = relays_.find(address);
  if (found == relays_.end()) return std::nullopt;
  return found->second;
}

std::error_code known_keys_file::set_relay(std::string_view address, const fingerprint& id) {
  const std::lock_guard lock{mutex_};
  relays_.insert_or_assign(std::string{address}, id);
  ++changes_;
  wake_.notify_one();
  return error_;
}

std::error_code known_keys_file::flush() {
  std::unique_lock lock{mutex_};
  hurry_ = changes_ != changes_written_;
  wake_.notify_one();
  written_.wait(lock, [&] { return changes_ == changes_written_; });
  return error_;
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
    relays_.insert_or_assign(name, *id);
    return {};
  }
  if (kind != "user") return "it begins with neither user nor relay";
  if (!core::is_user_name(name)) return "that is no user name";
  if (trust != "verified" && trust != "first-use") return "it must end with verified or first-use";
  users_.set_user(name, {*id, trust == "verified"});
  return {};
}

std::string known_keys_file::render() const {
  std::string text{heading};
  for (const auto& [name, key] : users_.users()) {
    text += "user " + name + " " + to_string(key.id);
    text += key.verified ? " verified\n" : " first-use\n";
  }
  for (const auto& [address, id] : relays_) text += "relay " + address + " " + to_string(id) + "\n";
  return text;
}

void known_keys_file::write_changes() {
  std::unique_lock lock{mutex_};
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || changes_ != changes_written_; });
    if (changes_ == changes_written_) return;
    wake_.wait_for(lock, gather_time, [&] { return stopping_ || hurry_; });
    const auto text = render();
    const auto version = changes_;
    hurry_ = false;
    lock.unlock();
    const auto error = replace_file(path_, text, 0600);
    lock.lock();
    error_ = error;
    changes_written_ = version;
    written_.notify_all();
  }
}

}  // namespace hobnob
