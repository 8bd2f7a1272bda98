#pragma once

#include "actors/core/transfer_content.hpp"
#include "actors/storage/input_spool.hpp"
#include "actors/storage/owned_fd.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hobnob {

/// Offers what an input holds as one file: the scan fills it. Several sources may share an input.
/// It does not outlive the program.
class spooled_source final : public core::transfer_source {
 public:
  /// `name` is what it is offered as.
  spooled_source(std::shared_ptr<input_spool> input, std::string name);

  std::optional<core::transfer_fault> scan(core::transfer_summary& found) override;
  std::vector<core::transfer_entry> entries(std::uint64_t first, std::size_t count_max) override;
  std::optional<core::transfer_fault> read(std::uint64_t entry, std::uint64_t offset,
                                           std::span<std::byte> bytes) override;
  void give_up() override;
  core::renamed_entries renamed() const override;

 private:
  std::shared_ptr<input_spool> input_;
  std::string wanted_name_;
  core::transfer_entry entry_;
  owned_fd given_up_;  ///< An eventfd(2), readable from then on.
};

}  // namespace hobnob
