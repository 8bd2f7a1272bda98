#pragma once

#include "actors/core/checked.hpp"
#include "actors/core/memory_known_keys.hpp"

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace hobnob {

/// Known keys in a text file that people can read, one a line:
///
///     user ann k7q2...  verified
///     user bob 3xw5...  first-use
///     relay relay.example.org:7440 m2aa...
///
/// Changes are gathered for a moment and written by a thread of its own (the whole file,
/// atomically), so that meeting two hundred new users costs one write and never stops the loop. The
/// destructor writes what is left.
class known_keys_file final : public core::known_keys {
 public:
  /// Reads the file; a missing one is empty. A line that is not understood is an error that names
  /// it: pins are never forgotten silently.
  static core::checked<std::shared_ptr<known_keys_file>> open(std::filesystem::path path);

  explicit known_keys_file(std::filesystem::path path);
  ~known_keys_file() override;

  std::optional<core::known_key> user(std::string_view name) const override;
  std::vector<core::known_user> users() const override;
  std::error_code set_user(std::string_view name, const core::known_key& key) override;
  std::optional<fingerprint> relay(std::string_view address) const override;
  std::error_code set_relay(std::string_view address, const fingerprint& id) override;

  /// Waits until everything set so far is in the file; answers how that went.
  std::error_code flush();

 private:
  std::string read(std::string_view content);
  std::string read_line(std::string_view line);
  std::string render() const;
  void write_changes();

  const std::filesystem::path path_;

  mutable std::mutex mutex_;  // Guards all that follows.
  std::condition_variable wake_;
  std::condition_variable written_;
  core::memory_known_keys users_;
  std::map<std::string, fingerprint, std::less<>> relays_;
  std::uint64_t changes_ = 0;  // Since the start, and how many of them are in the file.
  std::uint64_t changes_written_ = 0;
  std::error_code error_;  // Of the last write.
  bool hurry_ = false;
  bool stopping_ = false;

  std::thread writer_;
};

}  // namespace hobnob
