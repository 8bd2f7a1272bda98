#pragma once

#include "actors/storage/download_folder.hpp"
#include "actors/transfer/transfer_config.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

class data_directory;
class input_spool;
class option_values;
struct job_request;

/// What the user has told about files that come and go.
struct transfer_settings {
  transfer_policy policy;

  /// What is told for one user; the rest is as for all.
  struct user_policy {
    std::optional<accept_policy> accept;
    std::optional<std::uint64_t> size_max;
    std::optional<std::uint64_t> files_max;
  };
  std::map<std::string, user_policy> users;
  std::filesystem::path download_dir;  ///< Empty: the usual one.
  conflict_policy conflicts = conflict_policy::rename;
  bool conflicts_told = false;         ///< For this command: on the command line.
  std::uint64_t bytes_per_second = 0;  ///< 0: whatever there is.
  bool limit_told = false;             ///< The same.
  std::uint64_t running_max = 4;
};

void read_transfer_settings(option_values& in, transfer_settings& out);

/// Makes sources of what `request` sends, one for each transfer: of its paths, or of `input`, which
/// is standard input.
std::function<std::shared_ptr<core::transfer_source>()> sources_of(
    const job_request& request, const std::shared_ptr<input_spool>& input);

/// Where received files go if nobody says otherwise: `hobnob` in the user's download folder.
std::filesystem::path usual_download_dir();

std::string_view to_string(conflict_policy conflicts) noexcept;

/// "rename", "skip", "overwrite"; anything else is `otherwise`.
conflict_policy conflicts_named(const std::string& name, conflict_policy otherwise);

/// Removes the unfinished files that nobody will go on with, in the usual folder and in those of
/// `remembered`: of transfers that have failed, and what other programs left there a month ago.
void remove_left_parts(const std::filesystem::path& usual,
                       const std::vector<core::transfer_record>& remembered, std::int64_t now_ms);

/// Transfers from and to the file system, remembered in the data directory.
transfer_config make_transfer_config(const transfer_settings& settings, const data_directory& data);

}  // namespace hobnob
