#pragma once

#include "actors/core/transfer_content.hpp"
#include "actors/core/transfer_journal.hpp"
#include "transport/bytes.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hobnob::core {

/// Offers what is in memory, as an application that has no files does:
///
///     auto report = std::make_shared<core::memory_source>();
///     report->add_file("report.pdf", std::move(content));
class memory_source final : public transfer_source {
 public:
  /// In the order of the manifest: a folder before its content. Before the transfer begins.
  void add_folder(std::string path);
  void add_file(std::string path, shared_slice content, std::int64_t modified_ns = 0);

  /// What was scanned is no more what is there: reading it is a "source-changed".
  void change_file(std::uint64_t entry, shared_slice content);

  std::optional<transfer_fault> scan(transfer_summary& found) override;
  std::vector<transfer_entry> entries(std::uint64_t first, std::size_t count_max) override;
  std::optional<transfer_fault> read(std::uint64_t entry, std::uint64_t offset,
                                     std::span<std::byte> bytes) override;

 private:
  struct item {
    transfer_entry entry;
    shared_slice content;
    bool changed = false;
  };

  std::vector<item> items_;
};

/// What memory sinks have received. Whoever holds it on keeps what is unfinished for the next sink
/// of the transfer, as a disk would.
struct memory_shelf {
  struct item {
    transfer_entry entry;
    bytes content;  ///< As far as anything was written.
    bool finished = false;
  };

  std::vector<item> items;
  std::uint64_t room = UINT64_MAX;  ///< Bytes; beyond it is a passing "disk-full".
  std::uint64_t used = 0;
  bool closed = false;     ///< The transfer is complete.
  bool discarded = false;  ///< It will not go on.

  /// Finished content by path.
  const bytes* find(std::string_view path) const;
};

/// Receives into memory.
class memory_sink final : public transfer_sink {
 public:
  explicit memory_sink(std::shared_ptr<memory_shelf> shelf) : shelf_(std::move(shelf)) {}

  std::optional<transfer_fault> open(const transfer_summary& offered) override;
  std::optional<transfer_fault> declare(std::uint64_t first,
                                        std::span<const transfer_entry> entries) override;
  std::optional<transfer_fault> look(std::uint64_t entry, standing& found) override;
  std::optional<transfer_fault> read(std::uint64_t entry, std::uint64_t offset,
                                     std::span<std::byte> bytes) override;
  std::optional<transfer_fault> write(std::uint64_t entry, std::uint64_t offset,
                                      std::span<const std::byte> bytes) override;
  std::optional<transfer_fault> finish(std::uint64_t entry, bool candidate_serves,
                                       std::string& shown) override;
  std::optional<transfer_fault> close() override;
  void discard() override;

 private:
  std::optional<transfer_fault> check(std::uint64_t entry) const;

  std::shared_ptr<memory_shelf> shelf_;
  std::uint64_t declared_ = 0;        ///< Entries, by this sink.
  std::uint64_t declared_bytes_ = 0;  ///< Of these.
  transfer_summary offered_;
};

/// Remembers transfers until it is destroyed.
class memory_transfer_journal final : public transfer_journal {
 public:
  loaded load() override;
  std::error_code save(const transfer_record& record) override;
  std::error_code remove(const transfer_id& id) override;

  const std::map<transfer_id, transfer_record>& records() const noexcept { return records_; }

 private:
  std::map<transfer_id, transfer_record> records_;
};

}  // namespace hobnob::core
