#pragma once

#include "actors/core/checked.hpp"
#include "actors/core/memory_known_keys.hpp"
#include "actors/storage/background.hpp"
#include "actors/storage/disk.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace hobnob {

/// Known keys in a text file that people can read, one a line:
///
///     user ann k7q2...  verified
///     user bob 3xw5...  first-use
///     relay relay.example.org:7440 m2aa...
///
/// Changes are gathered for 200 ms and written in the background (the whole file, atomically), so
/// that meeting two hundred new users costs one write and never stops the loop. What a person
/// accepted (a verified key) is written at once. A write that fails is logged and tried again every
/// 10 s; until then the keys hold as long as the object lives. The destructor writes what is left.
class known_keys_file final : public core::known_keys {
 public:
  /// Reads the file; a missing one is empty. A line that is not understood is an error that names
  /// it: pins are never forgotten silently.
  static core::checked<std::shared_ptr<known_keys_file>> open(
      std::filesystem::path path, std::shared_ptr<disk> where = machine_disk(),
      std::unique_ptr<background> later = make_background_thread());

  known_keys_file(std::filesystem::path path, std::shared_ptr<disk> where,
                  std::unique_ptr<background> later);
  ~known_keys_file() override;

  std::optional<core::known_key> user(std::string_view name) const override;
  std::vector<core::known_user> users() const override;

  /// The two setters answer how the last write went: the error of a gathered one comes one change
  /// late, and again until a write succeeds.
  std::error_code set_user(std::string_view name, const core::known_key& key) override;
  std::error_code set_relay(std::string_view address, const fingerprint& id) override;

  std::optional<fingerprint> relay(std::string_view address) const override;

  /// Writes what is not yet in the file, on the caller's thread; answers how that went.
  std::error_code flush();

 private:
  std::string read(std::string_view content);
  std::string read_line(std::string_view line);
  std::string render() const;
  std::error_code note_change();
  void write_later(std::chrono::milliseconds delay);

  const std::filesystem::path path_;
  const std::shared_ptr<disk> disk_;

  std::mutex writing_;  // Held by who writes the file.

  mutable std::mutex mutex_;  // Guards all that follows; the disk is never waited for with it.
  core::memory_known_keys keys_;
  std::uint64_t changes_ = 0;  // Since the start, and how many of them are in the file.
  std::uint64_t changes_written_ = 0;
  std::error_code error_;  // Of the last write.
  bool write_ordered_ = false;
  bool stopping_ = false;
  std::unique_ptr<background> later_;
};

}  // namespace hobnob
