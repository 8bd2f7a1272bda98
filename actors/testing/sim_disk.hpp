#pragma once

#include "actors/storage/disk.hpp"
#include "transport/sim/random_source.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace hobnob::testing {

/// The disk of a simulated host: what its programs keep in their data directories, over all their
/// runs. When the power fails, of everything that was not synced each write and each name is kept,
/// torn or lost, as drawn.
///
/// In memory, without time of its own: what takes long on a real disk takes no time here.
class sim_disk {
 public:
  explicit sim_disk(sim::random_source random);
  ~sim_disk();

  sim_disk(const sim_disk&) = delete;
  sim_disk& operator=(const sim_disk&) = delete;

  /// The disk as one run of a program sees it, until the next run or `unmount`.
  std::shared_ptr<disk> mount();

  /// As the end of the program: whatever still holds its disk or its files gets `io_error`. What
  /// it wrote is there, though not durable.
  void unmount();

  /// The same, and of what is not durable a part is lost.
  void cut_power();

  /// A full disk takes no byte more (`no_space_on_device`); what is there can be overwritten.
  void set_full(bool full) noexcept { full_ = full; }
  bool full() const noexcept { return full_; }

  /// Calls `then`, which is to end the program by `cut_power`, in the middle of the `count`th
  /// change from now: when it is made, but nothing of it durable yet (a sync may have happened or
  /// not). 0: never.
  void cut_power_at_change(std::uint64_t count, std::function<void()> then);

  /// Writes, syncs and changes of names so far.
  std::uint64_t changes() const noexcept { return changes_; }

 private:
  struct node;
  struct mounted;
  class file;
  using node_ptr = std::shared_ptr<node>;
  using name_map = std::map<disk::path, node_ptr>;

  /// A name that was made, or with a null node removed.
  struct name_change {
    disk::path name;
    node_ptr what;
    disk::path replaced;  ///< Its name before, of a rename; gone at once with it.
  };

  static void apply(const name_change& change, name_map& names);
  void change_name(name_change change);
  void make_durable(const disk::path& directory);
  std::error_code check_new_name(const disk::path& name) const;

  /// Ends each change: `io_error` if the power failed with it.
  std::error_code changed();

  /// Whether the sync that is being made comes too late.
  bool sync_is_lost();

  sim::random_source random_;
  name_map names_;
  name_map durable_names_;
  std::vector<name_change> unsynced_names_;
  std::shared_ptr<mounted> mounted_;
  bool full_ = false;
  std::uint64_t changes_ = 0;
  std::uint64_t changes_until_cut_ = 0;
  std::function<void()> at_cut_;
};

}  // namespace hobnob::testing
