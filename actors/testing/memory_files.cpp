#include "actors/testing/memory_files.hpp"

#include "actors/testing/sim_disk.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace hobnob::testing {
namespace {

std::uint64_t seed_of(const std::string& name) {
  std::uint64_t result = 0xcbf29ce484222325u;
  for (const char letter : name)
    result = (result ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  return result;
}

/// The content of a file, word by word: whoever compares with it need not make it first.
class content_words {
 public:
  static constexpr std::size_t size = sizeof(std::uint64_t);

  explicit content_words(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}

  std::uint64_t next() noexcept {
    return state_ = state_ * 6364136223846793005 + 1442695040888963407;
  }

 private:
  std::uint64_t state_;
};

bool is_content(const bytes& content, std::uint64_t seed) {
  content_words words{seed};
  for (std::size_t at = 0; at < content.size(); at += content_words::size) {
    const auto word = words.next();
    if (std::memcmp(&content[at], &word, std::min(content.size() - at, sizeof word)) != 0)
      return false;
  }
  return true;
}

/// On a disk that may be full.
class sink_on_disk final : public core::transfer_sink {
 public:
  using fault = std::optional<core::transfer_fault>;

  sink_on_disk(std::shared_ptr<core::memory_shelf> shelf, const sim_disk& room)
      : inner_(std::move(shelf)), room_(room) {}

  fault open(const core::transfer_summary& offered) override { return inner_.open(offered); }
  fault declare(std::uint64_t first, std::span<const core::transfer_entry> entries) override {
    return inner_.declare(first, entries);
  }
  fault look(std::uint64_t entry, standing& found) override { return inner_.look(entry, found); }
  fault read(std::uint64_t entry, std::uint64_t offset, std::span<std::byte> out) override {
    return inner_.read(entry, offset, out);
  }
  fault write(std::uint64_t entry, std::uint64_t offset,
              std::span<const std::byte> content) override {
    if (room_.full()) return core::transfer_fault{"disk-full", "there is no room left", true};
    return inner_.write(entry, offset, content);
  }
  fault finish(std::uint64_t entry, bool candidate_serves, std::string& shown) override {
    return inner_.finish(entry, candidate_serves, shown);
  }
  fault close() override { return inner_.close(); }
  void discard() override { inner_.discard(); }

 private:
  core::memory_sink inner_;
  const sim_disk& room_;
};

}  // namespace

bytes content_of(std::size_t size, std::uint64_t seed) {
  bytes result(size);
  content_words words{seed};
  for (std::size_t at = 0; at < size; at += content_words::size) {
    const auto word = words.next();
    std::memcpy(&result[at], &word, std::min(size - at, sizeof word));
  }
  return result;
}

void memory_files::arrange(transfer_config& settings) {
  settings.policy.accept = accept_policy::all;
  settings.make_sink = [this](const transfer_config::sink_order& order) {
    auto& shelf = shelves_[order.id];
    if (!shelf) shelf = std::make_shared<core::memory_shelf>();
    return std::make_shared<sink_on_disk>(shelf, room_);
  };
  settings.open_source =
      [this](const std::vector<std::string>& sources) -> std::shared_ptr<core::transfer_source> {
    if (sources.size() != 1) return nullptr;
    const auto slash = sources[0].rfind('/');
    const auto number = sources[0].substr(slash + 1);
    std::size_t size = 0;
    std::from_chars(number.data(), number.data() + number.size(), size);
    return make(sources[0].substr(1, slash - 1), size);
  };
}

std::string memory_files::source_name(const std::string& name, std::size_t size) {
  return '/' + name + '/' + std::to_string(size);
}

std::shared_ptr<core::transfer_source> memory_files::make(const std::string& name,
                                                          std::size_t size) {
  made_.insert_or_assign(name, size);
  auto result = std::make_shared<core::memory_source>();
  result->add_file(name, shared_slice::of(content_of(size, seed_of(name))));
  return result;
}

bool memory_files::has_received(const core::transfer_id& id, const std::string& name,
                                std::size_t size) const {
  const auto shelf = shelves_.find(id);
  if (shelf == shelves_.end() || !shelf->second->closed) return false;
  const auto* content = shelf->second->find(name);
  return content != nullptr && content->size() == size && is_content(*content, seed_of(name));
}

}  // namespace hobnob::testing
