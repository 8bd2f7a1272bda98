#pragma once

#include "actors/core/transfer_content.hpp"
#include "transport/bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hobnob {

/// Data here and there in a file, by offset. They neither touch nor overlap.
using islands = std::map<std::uint64_t, bytes>;

/// Bytes from `offset` on; what is no island is zeros.
inline void read_islands(const islands& from, std::uint64_t offset, std::span<std::byte> out) {
  std::fill(out.begin(), out.end(), std::byte{});
  for (const auto& [begin, data] : from) {
    const auto first = std::max(begin, offset);
    const auto end = std::min<std::uint64_t>(begin + data.size(), offset + out.size());
    if (first >= end) continue;
    std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(first - begin), end - first,
                out.begin() + static_cast<std::ptrdiff_t>(first - offset));
  }
}

inline core::content_stretch stretch_of_islands(const islands& in, std::uint64_t offset,
                                                std::uint64_t size_max) {
  auto next = in.upper_bound(offset);
  if (next != in.begin()) {
    const auto before = std::prev(next);
    const auto end = before->first + before->second.size();
    if (end > offset) return {std::min(size_max, end - offset), false};
  }
  return {next == in.end() ? size_max : std::min(size_max, next->first - offset), true};
}

/// One file, mostly holes.
class sparse_source final : public core::transfer_source {
 public:
  sparse_source(std::uint64_t size, islands data) : size_(size), data_(std::move(data)) {}

  std::optional<core::transfer_fault> scan(core::transfer_summary& found) override {
    found = {"image", 1, 1, size_};
    found.holes = size_;
    for (const auto& [offset, data] : data_) found.holes -= data.size();
    return std::nullopt;
  }
  std::vector<core::transfer_entry> entries(std::uint64_t first, std::size_t count_max) override {
    if (first > 0 || count_max == 0) return {};
    return {{"image", core::entry_kind::file, size_, 1}};
  }
  std::optional<core::transfer_fault> read(std::uint64_t, std::uint64_t offset,
                                           std::span<std::byte> out) override {
    bytes_read += out.size();
    read_islands(data_, offset, out);
    return std::nullopt;
  }
  std::optional<core::transfer_fault> stretch_at(std::uint64_t, std::uint64_t offset,
                                                 std::uint64_t size_max,
                                                 core::content_stretch& found) override {
    found = stretch_of_islands(data_, offset, size_max);
    return std::nullopt;
  }

  std::uint64_t bytes_read = 0;

 private:
  std::uint64_t size_;
  islands data_;
};

/// What sparse sinks have received of one file: outlives them.
struct sparse_shelf {
  islands data;
  std::uint64_t end = 0;  ///< Up to here anything was written, a hole perhaps.
  std::uint64_t bytes_read = 0;
  bool closed = false;
};

/// Keeps holes.
class sparse_sink final : public core::transfer_sink {
 public:
  using fault = std::optional<core::transfer_fault>;

  explicit sparse_sink(std::shared_ptr<sparse_shelf> shelf) : shelf_(std::move(shelf)) {}

  fault open(const core::transfer_summary&) override { return {}; }
  fault declare(std::uint64_t, std::span<const core::transfer_entry>) override { return {}; }
  fault look(std::uint64_t, standing& found) override {
    found = {};
    found.unfinished = shelf_->end;
    return {};
  }
  fault read(std::uint64_t, std::uint64_t offset, std::span<std::byte> out) override {
    shelf_->bytes_read += out.size();
    read_islands(shelf_->data, offset, out);
    return {};
  }
  fault write(std::uint64_t, std::uint64_t offset, std::span<const std::byte> content) override {
    // Continues what was written last, or begins anew.
    auto before = shelf_->data.upper_bound(offset);
    if (before != shelf_->data.begin() &&
        std::prev(before)->first + std::prev(before)->second.size() == offset) {
      --before;
      before->second.insert(before->second.end(), content.begin(), content.end());
    } else {
      shelf_->data[offset].assign(content.begin(), content.end());
    }
    shelf_->end = std::max<std::uint64_t>(shelf_->end, offset + content.size());
    return {};
  }
  fault write_zeros(std::uint64_t, std::uint64_t offset, std::uint64_t size) override {
    shelf_->end = std::max(shelf_->end, offset + size);
    return {};
  }
  bool keeps_holes() const override { return true; }
  fault stretch_at(std::uint64_t, std::uint64_t offset, std::uint64_t size_max,
                   core::content_stretch& found) override {
    found = stretch_of_islands(shelf_->data, offset, size_max);
    return {};
  }
  fault finish(std::uint64_t, bool, std::string&) override { return {}; }
  fault close() override {
    shelf_->closed = true;
    return {};
  }
  void discard() override {}

 private:
  std::shared_ptr<sparse_shelf> shelf_;
};

}  // namespace hobnob
