#include "peer_main/transfer_settings.hpp"

#include "actors/core/size_text.hpp"
#include "actors/core/user_name.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/file_sink.hpp"
#include "actors/storage/file_source.hpp"
#include "actors/storage/option_values.hpp"
#include "actors/storage/spooled_source.hpp"
#include "actors/storage/transfer_journal_file.hpp"
#include "actors/transfer/transfer_words.hpp"
#include "peer_main/job_request.hpp"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace hobnob {
namespace {

constexpr std::pair<std::string_view, accept_policy> accept_policies[] = {
    {"ask", accept_policy::ask},           {"known", accept_policy::known},
    {"verified", accept_policy::verified}, {"all", accept_policy::all},
    {"none", accept_policy::none},
};

std::optional<accept_policy> accept_policy_named(std::string_view name) {
  for (const auto& [known, policy] : accept_policies) {
    if (known == name) return policy;
  }
  return std::nullopt;
}

std::shared_ptr<core::transfer_source> source_of_paths(const std::vector<std::string>& paths) {
  return std::make_shared<file_source>(
      std::vector<std::filesystem::path>{paths.begin(), paths.end()});
}

/// `VALUE` for everybody, `USER:VALUE` for one: `read` takes a value and whose it is, null for
/// everybody's, and answers what is wrong with it.
template <class Read>
std::string read_for_users(const std::string& text, transfer_settings& out, Read read) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return read(text, nullptr);
  const auto user = text.substr(0, colon);
  if (const auto fault = core::user_name_fault(user); !fault.empty())
    return "'" + core::sanitise_line(user, 60) + "': " + std::string{fault};
  transfer_settings::user_policy told;
  auto fault = read(text.substr(colon + 1), &told);
  auto& known = out.users[user];
  if (told.accept) known.accept = told.accept;
  if (told.size_max) known.size_max = told.size_max;
  if (told.files_max) known.files_max = told.files_max;
  return fault;
}

using user_policy = transfer_settings::user_policy;

std::string read_accept_policy(const std::string& text, transfer_settings& out) {
  return read_for_users(text, out, [&](const std::string& value, user_policy* user) {
    const auto policy = accept_policy_named(value);
    if (!policy) return "it must be ask, known, verified, all or none, or USER: and one of these";
    if (user != nullptr)
      user->accept = *policy;
    else
      out.policy.accept = *policy;
    return "";
  });
}

std::string read_size_max(const std::string& text, transfer_settings& out) {
  return read_for_users(text, out, [&](const std::string& value, user_policy* user) {
    const auto size = core::parse_size(value);
    if (!size) return "it must be a size, as 500M or 2G, or USER: and a size";
    if (user != nullptr)
      user->size_max = *size;
    else
      out.policy.size_max = *size;
    return "";
  });
}

std::string read_count(const std::string& text, std::uint64_t least, std::uint64_t& out) {
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  if (read.ec == std::errc{} && read.ptr == end && out >= least) return {};
  return "it must be a whole number from " + std::to_string(least) + " on";
}

std::string read_files_max(const std::string& text, transfer_settings& out) {
  return read_for_users(text, out, [&](const std::string& value, user_policy* user) {
    std::uint64_t count = 0;
    auto fault = read_count(value, 0, count);
    if (!fault.empty()) return fault + ", or USER: and one";
    if (user != nullptr)
      user->files_max = count;
    else
      out.policy.files_max = count;
    return fault;
  });
}

/// `export XDG_DOWNLOAD_DIR="$HOME/..."` is of user-dirs.dirs(5); in the environment it is rare.
std::filesystem::path home_folder(const char* variable, const char* beneath_home) {
  if (const char* path = std::getenv(variable); path != nullptr && path[0] == '/') return path;
  const char* home = std::getenv("HOME");
  return std::filesystem::path{home != nullptr && home[0] == '/' ? home : "/tmp"} / beneath_home;
}

}  // namespace

void read_transfer_settings(option_values& in, transfer_settings& out) {
  in.each("accept-files", [&](const std::string& text) { return read_accept_policy(text, out); });
  in.text("download-dir", out.download_dir);
  in.choice<conflict_policy>("on-conflict",
                             {{"rename", conflict_policy::rename},
                              {"skip", conflict_policy::skip},
                              {"overwrite", conflict_policy::overwrite}},
                             out.conflicts);
  out.conflicts_told = in.on_command_line("on-conflict");
  in.each("max-size", [&](const std::string& text) { return read_size_max(text, out); });
  in.each("max-files", [&](const std::string& text) { return read_files_max(text, out); });
  in.read("limit", [&](const std::string& text) {
    const auto rate = core::parse_rate(text);
    if (rate) return out.bytes_per_second = *rate, std::string{};
    return std::string{"it must be bytes a second, as 500K or 2M"};
  });
  out.limit_told = in.on_command_line("limit");
  in.read("transfers",
          [&](const std::string& text) { return read_count(text, 1, out.running_max); });
}

std::function<std::shared_ptr<core::transfer_source>()> sources_of(
    const job_request& request, const std::shared_ptr<input_spool>& input) {
  if (request.name.empty()) return [paths = request.paths] { return source_of_paths(paths); };
  return [input, name = request.name] { return std::make_shared<spooled_source>(input, name); };
}

std::filesystem::path usual_download_dir() {
  return home_folder("XDG_DOWNLOAD_DIR", "Downloads") / "hobnob";
}

std::string_view to_string(conflict_policy conflicts) noexcept {
  if (conflicts == conflict_policy::rename) return "rename";
  return conflicts == conflict_policy::skip ? "skip" : "overwrite";
}

conflict_policy conflicts_named(const std::string& name, conflict_policy otherwise) {
  if (name == "rename") return conflict_policy::rename;
  if (name == "skip") return conflict_policy::skip;
  return name == "overwrite" ? conflict_policy::overwrite : otherwise;
}

void remove_left_parts(const std::filesystem::path& usual,
                       const std::vector<core::transfer_record>& remembered, std::int64_t now_ms) {
  constexpr std::int64_t month_ms = std::int64_t{30} * 24 * 3600 * 1000;
  std::set<core::transfer_id> ended, known;
  std::set<std::filesystem::path> folders{usual};
  for (const auto& record : remembered) {
    if (record.direction != core::transfer_direction::receiving) continue;
    const bool failed = info_of(record).state == transfer_state::failed;
    (failed ? ended : known).insert(record.id);
    if (failed && !record.folder.empty()) folders.insert(record.folder);
  }
  for (const auto& path : folders) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) continue;
    const auto folder = download_folder::open(path);
    if (!folder) continue;
    folder->remove_stale_parts([&](const auto& id) { return !ended.contains(id); }, INT64_MAX);
    // Of others it is not known whether they go on; what is written to now and then does.
    folder->remove_stale_parts([&](const auto& id) { return known.contains(id); },
                               (now_ms - month_ms) * 1'000'000);
  }
}

transfer_config make_transfer_config(const transfer_settings& settings,
                                     const data_directory& data) {
  transfer_config config;
  config.policy = settings.policy;
  for (const auto& [user, told] : settings.users) {
    const auto& all = settings.policy;
    config.users.emplace(user, transfer_policy{told.accept.value_or(all.accept),
                                               told.size_max.value_or(all.size_max),
                                               told.files_max.value_or(all.files_max)});
  }
  config.running_max = settings.running_max;
  config.bytes_per_second = settings.bytes_per_second;
  config.journal = std::make_shared<transfer_journal_file>(data.file("transfers"));
  const auto usual =
      settings.download_dir.empty() ? usual_download_dir() : absolute(settings.download_dir);
  config.make_sink = [usual,
                      conflicts = settings.conflicts](const transfer_config::sink_order& of) {
    return std::make_shared<file_sink>(of.folder.empty() ? usual : std::filesystem::path{of.folder},
                                       of.id, conflicts_named(of.conflicts, conflicts),
                                       of.finished);
  };
  config.clean_up = [usual](const std::vector<core::transfer_record>& remembered,
                            std::int64_t now_ms) { remove_left_parts(usual, remembered, now_ms); };
  config.open_source = source_of_paths;
  return config;
}

}  // namespace hobnob
