#pragma once

#include "actors/core/transfer_content.hpp"
#include "actors/storage/owned_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hobnob {

/// Offers what comes from a descriptor, such as standard input, as one file. The scan reads it to
/// its end, into a file without a name, so that its size is known and any part can be sent again.
/// It does not outlive the program.
class spooled_source final : public core::transfer_source {
 public:
  /// `fd` stays the caller's. `folder` has room for the content; `name` is what it is offered as.
  spooled_source(int fd, std::filesystem::path folder, std::string name);

  std::optional<core::transfer_fault> scan(core::transfer_summary& found) override;
  std::vector<core::transfer_entry> entries(std::uint64_t first, std::size_t count_max) override;
  std::optional<core::transfer_fault> read(std::uint64_t entry, std::uint64_t offset,
                                           std::span<std::byte> bytes) override;
  void give_up() override;
  core::renamed_entries renamed() const override;

 private:
  using fault = std::optional<core::transfer_fault>;

  fault spool();
  fault fetch();

  int input_;
  std::filesystem::path folder_;
  std::string wanted_name_;
  core::transfer_entry entry_;
  owned_fd given_up_;  ///< An eventfd(2), readable from then on.

  // What has come so far: a fault leaves it as it is, for what was read does not come again.
  owned_fd spool_;
  std::vector<std::byte> block_;
  std::size_t unwritten_ = 0;  ///< Of the block, from its beginning.
  bool ended_ = false;
};

}  // namespace hobnob
