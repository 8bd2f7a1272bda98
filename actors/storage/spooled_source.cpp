#include "actors/storage/spooled_source.hpp"

#include "actors/storage/disk_fault.hpp"
#include "actors/storage/offered_name.hpp"

#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace hobnob {

spooled_source::spooled_source(std::shared_ptr<input_spool> input, std::string name)
    : input_(std::move(input)),
      wanted_name_(std::move(name)),
      given_up_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  entry_.path = offered_name(wanted_name_, true);
}

core::renamed_entries spooled_source::renamed() const {
  core::renamed_entries all;
  if (entry_.path != wanted_name_) all.add(wanted_name_, entry_.path);
  return all;
}

void spooled_source::give_up() {
  const std::uint64_t one = 1;
  // It fails when it has been said very often before.
  [[maybe_unused]] const auto written = ::write(given_up_.get(), &one, sizeof one);
}

std::optional<core::transfer_fault> spooled_source::scan(core::transfer_summary& found) {
  if (auto failed = input_->fill(given_up_.get())) return failed;
  entry_.size = input_->size();
  entry_.modified_ns = input_->modified_ns();
  found = {entry_.path, 1, 1, entry_.size};
  return std::nullopt;
}

std::vector<core::transfer_entry> spooled_source::entries(std::uint64_t first,
                                                          std::size_t count_max) {
  if (first != 0 || count_max == 0) return {};
  return {entry_};
}

std::optional<core::transfer_fault> spooled_source::read(std::uint64_t entry, std::uint64_t offset,
                                                         std::span<std::byte> bytes) {
  if (entry != 0 || offset > entry_.size || bytes.size() > entry_.size - offset) {
    return transfer_fault_of("source-unreadable", "beyond the end of " + entry_.path);
  }
  return input_->read(offset, bytes);
}

}  // namespace hobnob
