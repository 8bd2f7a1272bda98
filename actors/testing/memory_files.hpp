#pragma once

#include "actors/core/memory_content.hpp"
#include "actors/transfer/transfer_config.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace hobnob::testing {

class sim_disk;

/// Content that no two places of have the same.
bytes content_of(std::size_t size, std::uint64_t seed);

/// What a simulated peer sends and receives: in memory, where it outlives the program and even the
/// power, as files on a disk that loses nothing. Only a full disk takes no more of it.
class memory_files {
 public:
  /// `room` must outlive whatever `arrange` gave out.
  explicit memory_files(const sim_disk& room) : room_(room) {}

  /// Every offer is accepted, and goes to a shelf of its own here.
  void arrange(transfer_config& settings);

  /// A file of this name, to be sent: its content follows from name and size.
  std::shared_ptr<core::transfer_source> make(const std::string& name, std::size_t size);

  /// What a later start of the program finds it by.
  static std::string source_name(const std::string& name, std::size_t size);

  /// Whether `make` made a file of this name.
  bool has_made(const std::string& name) const { return made_.contains(name); }

  /// Whether a transfer is complete here, with that file as it was made.
  bool has_received(const core::transfer_id& id, const std::string& name, std::size_t size) const;

 private:
  const sim_disk& room_;
  std::map<std::string, std::size_t> made_;
  std::map<core::transfer_id, std::shared_ptr<core::memory_shelf>> shelves_;
};

}  // namespace hobnob::testing
