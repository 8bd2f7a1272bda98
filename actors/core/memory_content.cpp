#include "actors/core/memory_content.hpp"

#include "actors/core/transfer_path.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace hobnob::core {
namespace {

transfer_fault content_fault(std::string code, std::string detail, bool passing = false) {
  return {std::move(code), std::move(detail), passing};
}

/// Whether `count` bytes from `offset` lie within `size`, whatever the numbers.
bool lies_within(std::uint64_t offset, std::size_t count, std::uint64_t size) {
  return offset <= size && count <= size - offset;
}

}  // namespace

// --- Source ---

void memory_source::add_folder(std::string path) {
  items_.push_back({{std::move(path), entry_kind::folder, 0, 0}, {}});
}

void memory_source::add_file(std::string path, shared_slice content, std::int64_t modified_ns) {
  transfer_entry entry{std::move(path), entry_kind::file, content.size(), modified_ns};
  items_.push_back({std::move(entry), std::move(content)});
}

void memory_source::change_file(std::uint64_t entry, shared_slice content) {
  auto& item = items_.at(entry);
  item.content = std::move(content);
  item.changed = true;
}

std::optional<transfer_fault> memory_source::scan(transfer_summary& found) {
  if (items_.empty()) return content_fault("source-unreadable", "there is nothing to send");
  found = {};
  found.name = items_.front().entry.path;
  found.entries = items_.size();
  for (auto& item : items_) {
    item.changed = false;
    item.entry.size = item.content.size();
    if (item.entry.kind == entry_kind::file) ++found.files;
    found.bytes += item.entry.size;
  }
  return std::nullopt;
}

std::vector<transfer_entry> memory_source::entries(std::uint64_t first, std::size_t count_max) {
  std::vector<transfer_entry> result;
  for (auto i = first; i < items_.size() && result.size() < count_max; ++i)
    result.push_back(items_[i].entry);
  return result;
}

std::optional<transfer_fault> memory_source::read(std::uint64_t entry, std::uint64_t offset,
                                                  std::span<std::byte> bytes) {
  if (entry >= items_.size() || !lies_within(offset, bytes.size(), items_[entry].entry.size))
    return content_fault("source-unreadable", "there is no such content");
  const auto& item = items_[entry];
  if (item.changed)
    return content_fault("source-changed", item.entry.path + " has changed since it was offered");
  const auto wanted = item.content.view().subspan(offset, bytes.size());
  std::copy(wanted.begin(), wanted.end(), bytes.begin());
  return std::nullopt;
}

// --- Sink ---

const bytes* memory_shelf::find(std::string_view path) const {
  const auto found = std::find_if(items.begin(), items.end(), [&](const item& each) {
    return each.finished && each.entry.path == path;
  });
  return found == items.end() ? nullptr : &found->content;
}

std::optional<transfer_fault> memory_sink::open(const transfer_summary& offered) {
  offered_ = offered;
  if (offered.bytes > shelf_->room)
    return content_fault("disk-full", "there is no room for what is offered", true);
  return std::nullopt;
}

std::optional<transfer_fault> memory_sink::declare(std::uint64_t first,
                                                   std::span<const transfer_entry> entries) {
  if (first != declared_ || entries.size() > offered_.entries - declared_)
    return content_fault("bad-path", "the entries are not those that were offered");
  for (const auto& entry : entries) {
    if (const auto path = transfer_path::parse(entry.path); !path)
      return content_fault("bad-path", path.error());
    if (entry.size > offered_.bytes - declared_bytes_)
      return content_fault("too-large", "the entries are larger than what was offered");
    // What an earlier run left of another entry is of no use.
    if (declared_ == shelf_->items.size()) shelf_->items.push_back({entry, {}});
    if (auto& item = shelf_->items[declared_]; item.entry != entry) {
      shelf_->used -= item.content.size();
      item = {entry, {}};
    }
    declared_bytes_ += entry.size;
    ++declared_;
  }
  return std::nullopt;
}

std::optional<transfer_fault> memory_sink::check(std::uint64_t entry) const {
  if (entry >= declared_) return content_fault("bad-path", "there is no such entry");
  return std::nullopt;
}

std::optional<transfer_fault> memory_sink::look(std::uint64_t entry, standing& found) {
  if (auto wrong = check(entry)) return wrong;
  const auto& item = shelf_->items[entry];
  found = {};
  found.finished = item.finished;
  if (!item.finished) found.unfinished = item.content.size();
  return std::nullopt;
}

std::optional<transfer_fault> memory_sink::read(std::uint64_t entry, std::uint64_t offset,
                                                std::span<std::byte> bytes) {
  if (auto wrong = check(entry)) return wrong;
  const byte_view content{shelf_->items[entry].content};
  if (!lies_within(offset, bytes.size(), content.size()))
    return content_fault("disk-error", "that was never written");
  const auto wanted = content.subspan(offset, bytes.size());
  std::copy(wanted.begin(), wanted.end(), bytes.begin());
  return std::nullopt;
}

std::optional<transfer_fault> memory_sink::write(std::uint64_t entry, std::uint64_t offset,
                                                 std::span<const std::byte> bytes) {
  if (auto wrong = check(entry)) return wrong;
  auto& item = shelf_->items[entry];
  if (item.finished) return content_fault("disk-error", item.entry.path + " is finished");
  if (!lies_within(offset, bytes.size(), item.entry.size))
    return content_fault("too-large", item.entry.path + " is larger than it was declared");
  const auto end = offset + bytes.size();
  const auto growth = end > item.content.size() ? end - item.content.size() : 0;
  if (growth > shelf_->room - std::min(shelf_->used, shelf_->room))
    return content_fault("disk-full", "there is no room left", true);
  shelf_->used += growth;
  if (growth > 0) item.content.resize(end);
  std::copy(bytes.begin(), bytes.end(),
            item.content.begin() + static_cast<std::ptrdiff_t>(offset));
  return std::nullopt;
}

std::optional<transfer_fault> memory_sink::finish(std::uint64_t entry, bool candidate_serves,
                                                  std::string& shown) {
  if (auto wrong = check(entry)) return wrong;
  auto& item = shelf_->items[entry];
  if (candidate_serves || item.content.size() != item.entry.size)
    return content_fault("disk-error", item.entry.path + " is not complete");
  item.finished = true;
  shown = item.entry.path;
  return std::nullopt;
}

std::optional<transfer_fault> memory_sink::close() {
  const bool complete =
      declared_ == offered_.entries &&
      std::all_of(shelf_->items.begin(), shelf_->items.end(),
                  [](const memory_shelf::item& each) { return each.finished; });
  if (!complete) return content_fault("disk-error", "not all of it is finished");
  shelf_->closed = true;
  return std::nullopt;
}

void memory_sink::discard() {
  shelf_->discarded = true;
  for (auto& item : shelf_->items) {
    if (item.finished) continue;
    shelf_->used -= item.content.size();
    item.content.clear();
  }
}

// --- Journal ---

transfer_journal::loaded memory_transfer_journal::load() {
  loaded result;
  for (const auto& [id, record] : records_) result.records.push_back(record);
  return result;
}

std::error_code memory_transfer_journal::save(const transfer_record& record) {
  records_.insert_or_assign(record.id, record);
  return {};
}

std::error_code memory_transfer_journal::remove(const transfer_id& id) {
  records_.erase(id);
  return {};
}

}  // namespace hobnob::core
