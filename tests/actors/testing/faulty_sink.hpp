#pragma once

#include "actors/core/transfer_content.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hobnob::testing {

/// What the machine of a receiver does to what comes in.
struct sink_faults {
  bool full = false;         ///< The disk.
  std::uint64_t damage = 0;  ///< So many pieces from now on change on their way to it.
  std::map<core::transfer_id, std::uint64_t> damaged;  ///< How many have.
};

/// A sink on such a machine.
class faulty_sink final : public core::transfer_sink {
 public:
  using fault = std::optional<core::transfer_fault>;

  faulty_sink(std::shared_ptr<core::transfer_sink> inner, const core::transfer_id& id,
              std::shared_ptr<sink_faults> faults)
      : inner_(std::move(inner)), id_(id), faults_(std::move(faults)) {}

  fault open(const core::transfer_summary& offered) override { return inner_->open(offered); }
  fault declare(std::uint64_t first, std::span<const core::transfer_entry> entries) override {
    return inner_->declare(first, entries);
  }
  fault look(std::uint64_t entry, standing& found) override { return inner_->look(entry, found); }
  fault read(std::uint64_t entry, std::uint64_t offset, std::span<std::byte> out) override {
    return inner_->read(entry, offset, out);
  }
  fault write(std::uint64_t entry, std::uint64_t offset,
              std::span<const std::byte> content) override {
    if (faults_->full) return core::transfer_fault{"disk-full", "there is no room left", true};
    if (faults_->damage > 0 && !content.empty()) {
      --faults_->damage;
      ++faults_->damaged[id_];
      // In memory already: what is hashed has changed as well.
      const_cast<std::byte&>(content[content.size() / 2]) ^= std::byte{1};
    }
    return inner_->write(entry, offset, content);
  }
  fault write_zeros(std::uint64_t entry, std::uint64_t offset, std::uint64_t size) override {
    return inner_->write_zeros(entry, offset, size);
  }
  bool keeps_holes() const override { return inner_->keeps_holes(); }
  fault stretch_at(std::uint64_t entry, std::uint64_t offset, std::uint64_t size_max,
                   core::content_stretch& found) override {
    return inner_->stretch_at(entry, offset, size_max, found);
  }
  fault finish(std::uint64_t entry, bool candidate_serves, std::string& shown) override {
    return inner_->finish(entry, candidate_serves, shown);
  }
  fault settle() override { return inner_->settle(); }
  std::vector<std::uint64_t> take_lost() override { return inner_->take_lost(); }
  fault close() override { return inner_->close(); }
  core::omitted_entries omitted() const override { return inner_->omitted(); }
  void discard() override { inner_->discard(); }

 private:
  std::shared_ptr<core::transfer_sink> inner_;
  const core::transfer_id id_;
  std::shared_ptr<sink_faults> faults_;
};

}  // namespace hobnob::testing
