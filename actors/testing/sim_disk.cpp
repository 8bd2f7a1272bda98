#include "actors/testing/sim_disk.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace hobnob::testing {
namespace {

std::error_code error(std::errc which) { return std::make_error_code(which); }

}  // namespace

/// A file or directory. What is durable of a file is kept beside its content, with the changes that
/// lead from the one to the other.
struct sim_disk::node {
  struct change {
    std::uint64_t offset = 0;
    bytes data;
    std::optional<std::uint64_t> new_size;  // Of a change of size, which has no data.
  };

  static void apply(const change& what, bytes& to) {
    if (what.new_size) return to.resize(*what.new_size);
    to.resize(std::max<std::size_t>(to.size(), what.offset + what.data.size()));
    std::ranges::copy(what.data, to.begin() + static_cast<std::ptrdiff_t>(what.offset));
  }

  void add(change what) {
    apply(what, content);
    unsynced.push_back(std::move(what));
  }

  void sync() {
    for (const auto& each : unsynced) apply(each, durable);
    unsynced.clear();
  }

  /// After a power cut.
  void lose_some(sim::random_source& random, double kept) {
    for (auto& each : unsynced) {
      if (!random.chance(kept)) continue;
      if (random.chance(0.2)) each.data.resize(random.below(each.data.size() + 1));
      apply(each, durable);
    }
    unsynced.clear();
    content = durable;
  }

  bool is_directory = false;
  unsigned mode = 0;
  bytes content;
  bytes durable;
  std::vector<change> unsynced;
};

class sim_disk::file final : public disk_file {
 public:
  file(std::shared_ptr<mounted> through, node_ptr what)
      : through_(std::move(through)), node_(std::move(what)) {}

  read_result read_at(std::uint64_t offset, std::span<std::byte> out) override;
  std::error_code write_at(std::uint64_t offset, byte_view data) override;
  std::error_code resize(std::uint64_t size) override;
  size_result size() override;
  std::error_code sync() override;

 private:
  std::shared_ptr<mounted> through_;
  node_ptr node_;
};

/// Null inside once it was unmounted.
struct sim_disk::mounted final : disk, std::enable_shared_from_this<mounted> {
  explicit mounted(sim_disk& of) : owner(&of) {}

  open_result open(const path& name, open_mode how, unsigned mode) override;
  std::error_code rename(const path& from, const path& to) override;
  std::error_code rename_new(const path& from, const path& to) override;
  std::error_code remove(const path& name) override;
  std::error_code make_directory(const path& name, unsigned mode) override;
  std::error_code sync_directory(const path& name) override;
  list_result list(const path& directory) override;
  status_result status(const path& name) override;

  node_ptr find(const path& name) const {
    const auto found = owner->names_.find(name);
    return found == owner->names_.end() ? nullptr : found->second;
  }

  sim_disk* owner;
};

// --- The disk -----------------------------------------------------------------------------------

sim_disk::sim_disk(sim::random_source random) : random_(random) {
  auto root = std::make_shared<node>();
  root->is_directory = true;
  root->mode = 0755;
  names_.emplace("/", root);
  durable_names_ = names_;
}

sim_disk::~sim_disk() { unmount(); }

std::shared_ptr<disk> sim_disk::mount() {
  unmount();
  mounted_ = std::make_shared<mounted>(*this);
  return mounted_;
}

void sim_disk::unmount() {
  if (mounted_) mounted_->owner = nullptr;
  mounted_.reset();
}

void sim_disk::cut_power() {
  unmount();
  constexpr std::array keeps{0.0, 0.5, 1.0};
  const double kept = keeps[random_.below(keeps.size())];
  for (const auto& each : std::exchange(unsynced_names_, {})) {
    if (random_.chance(kept)) apply(each, durable_names_);
  }
  // Names come in the order of their paths: a directory before what is in it.
  std::erase_if(durable_names_, [this](const auto& entry) {
    return !durable_names_.contains(entry.first.parent_path());
  });
  names_ = durable_names_;
  for (const auto& [name, what] : names_) what->lose_some(random_, kept);
}

void sim_disk::cut_power_at_change(std::uint64_t count, std::function<void()> then) {
  changes_until_cut_ = count;
  at_cut_ = std::move(then);
}

std::error_code sim_disk::changed() {
  ++changes_;
  if (changes_until_cut_ == 0 || --changes_until_cut_ > 0) return {};
  std::exchange(at_cut_, {})();
  return error(std::errc::io_error);
}

bool sim_disk::sync_is_lost() { return changes_until_cut_ == 1 && random_.chance(0.5); }

void sim_disk::apply(const name_change& change, name_map& names) {
  if (!change.replaced.empty()) names.erase(change.replaced);
  if (change.what) {
    names.insert_or_assign(change.name, change.what);
  } else {
    names.erase(change.name);
  }
}

void sim_disk::change_name(name_change change) {
  apply(change, names_);
  unsynced_names_.push_back(std::move(change));
}

void sim_disk::make_durable(const disk::path& directory) {
  std::erase_if(unsynced_names_, [&](const auto& each) {
    if (each.name.parent_path() != directory) return false;
    apply(each, durable_names_);
    return true;
  });
}

std::error_code sim_disk::check_new_name(const disk::path& name) const {
  const auto parent = names_.find(name.parent_path());
  if (parent == names_.end()) return error(std::errc::no_such_file_or_directory);
  return parent->second->is_directory ? std::error_code{} : error(std::errc::not_a_directory);
}

// --- A file -------------------------------------------------------------------------------------

disk_file::read_result sim_disk::file::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (through_->owner == nullptr) return {error(std::errc::io_error), 0};
  if (node_->is_directory) return {error(std::errc::is_a_directory), 0};
  const byte_view content{node_->content};
  const auto rest = content.subspan(std::min<std::size_t>(offset, content.size()));
  const auto size = std::min(rest.size(), out.size());
  std::ranges::copy(rest.first(size), out.begin());
  return {{}, size};
}

std::error_code sim_disk::file::write_at(std::uint64_t offset, byte_view data) {
  if (through_->owner == nullptr) return error(std::errc::io_error);
  auto& owner = *through_->owner;
  if (owner.full_ && offset + data.size() > node_->content.size())
    return error(std::errc::no_space_on_device);
  node_->add({offset, bytes(data.begin(), data.end()), {}});
  return owner.changed();
}

std::error_code sim_disk::file::resize(std::uint64_t size) {
  if (through_->owner == nullptr) return error(std::errc::io_error);
  node_->add({0, {}, size});
  return through_->owner->changed();
}

disk_file::size_result sim_disk::file::size() {
  if (through_->owner == nullptr) return {error(std::errc::io_error), 0};
  return {{}, node_->content.size()};
}

std::error_code sim_disk::file::sync() {
  if (through_->owner == nullptr) return error(std::errc::io_error);
  if (!through_->owner->sync_is_lost()) node_->sync();
  return through_->owner->changed();
}

// --- Names --------------------------------------------------------------------------------------

disk::open_result sim_disk::mounted::open(const path& name, open_mode how, unsigned mode) {
  if (owner == nullptr) return {error(std::errc::io_error), nullptr};
  auto found = find(name);
  if (found && how == open_mode::create_new) return {error(std::errc::file_exists), nullptr};
  if (found && found->is_directory && how != open_mode::read)
    return {error(std::errc::is_a_directory), nullptr};
  if (!found) {
    auto fault = owner->check_new_name(name);
    if (!fault && (how == open_mode::read || how == open_mode::write))
      fault = error(std::errc::no_such_file_or_directory);
    if (fault) return {fault, nullptr};
    found = std::make_shared<node>();
    found->mode = mode;
    owner->change_name({name, found, {}});
    if (const auto cut = owner->changed()) return {cut, nullptr};
  }
  return {{}, std::make_unique<file>(shared_from_this(), std::move(found))};
}

std::error_code sim_disk::mounted::rename(const path& from, const path& to) {
  if (owner == nullptr) return error(std::errc::io_error);
  const auto what = find(from), old = find(to);
  if (!what) return error(std::errc::no_such_file_or_directory);
  if (const auto fault = owner->check_new_name(to)) return fault;
  if (old && old->is_directory) return error(std::errc::is_a_directory);
  owner->change_name({to, what, from});
  return owner->changed();
}

std::error_code sim_disk::mounted::rename_new(const path& from, const path& to) {
  if (owner == nullptr) return error(std::errc::io_error);
  const auto what = find(from);
  if (!what) return error(std::errc::no_such_file_or_directory);
  if (const auto fault = owner->check_new_name(to)) return fault;
  if (find(to)) return error(std::errc::file_exists);
  owner->change_name({to, what, {}});
  owner->change_name({from, nullptr, {}});
  return owner->changed();
}

std::error_code sim_disk::mounted::remove(const path& name) {
  if (owner == nullptr) return error(std::errc::io_error);
  const auto found = find(name);
  if (!found) return error(std::errc::no_such_file_or_directory);
  if (found->is_directory) return error(std::errc::is_a_directory);
  owner->change_name({name, nullptr, {}});
  return owner->changed();
}

std::error_code sim_disk::mounted::make_directory(const path& name, unsigned mode) {
  if (owner == nullptr) return error(std::errc::io_error);
  if (find(name)) return error(std::errc::file_exists);
  if (const auto fault = owner->check_new_name(name)) return fault;
  if (owner->full_) return error(std::errc::no_space_on_device);
  auto made = std::make_shared<node>();
  made->is_directory = true;
  made->mode = mode;
  owner->change_name({name, std::move(made), {}});
  return owner->changed();
}

std::error_code sim_disk::mounted::sync_directory(const path& name) {
  if (owner == nullptr) return error(std::errc::io_error);
  const auto found = find(name);
  if (!found) return error(std::errc::no_such_file_or_directory);
  if (!found->is_directory) return error(std::errc::not_a_directory);
  if (!owner->sync_is_lost()) owner->make_durable(name);
  return owner->changed();
}

disk::list_result sim_disk::mounted::list(const path& directory) {
  if (owner == nullptr) return {error(std::errc::io_error), {}};
  const auto found = find(directory);
  if (!found) return {error(std::errc::no_such_file_or_directory), {}};
  if (!found->is_directory) return {error(std::errc::not_a_directory), {}};
  list_result result;
  for (const auto& [name, what] : owner->names_) {
    if (what != found && name.parent_path() == directory)
      result.names.push_back(name.filename().string());
  }
  return result;
}

disk::status_result sim_disk::mounted::status(const path& name) {
  status_result result;
  if (owner == nullptr) {
    result.error = error(std::errc::io_error);
  } else if (const auto found = find(name)) {
    result.is_directory = found->is_directory;
    result.size = found->content.size();
    result.mode = found->mode;
  } else {
    const auto fault = owner->check_new_name(name);
    result.error = fault ? fault : error(std::errc::no_such_file_or_directory);
  }
  return result;
}

}  // namespace hobnob::testing
