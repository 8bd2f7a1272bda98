#pragma once

#include "actors/core/checked.hpp"
#include "actors/core/zeros.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hobnob::core {

/// Names a transfer on both sides, over every link, path and start of the programs. Random.
using transfer_id = std::array<std::uint8_t, 16>;

/// XXH3-128 of content: of a block, of all block hashes of a file (its root), of a manifest. Proves
/// that disks, memory and bookkeeping kept it; who sent it, and that nobody changed it on the way,
/// TLS proves.
using content_hash = std::array<std::uint8_t, 16>;

enum class entry_kind : std::uint8_t { file = 1, folder = 2 };

/// One file or folder of a transfer, named by its place in the manifest, from 0.
struct transfer_entry {
  std::string path;  ///< As `transfer_path::parse` reads it; a folder stands before its content.
  entry_kind kind = entry_kind::file;
  std::uint64_t size = 0;        ///< Bytes; 0 for a folder.
  std::int64_t modified_ns = 0;  ///< Unix time.

  bool operator==(const transfer_entry&) const = default;
};

/// A file or folder that stands in no other one of the same transfer.
struct outermost_entry {
  std::string name;
  entry_kind kind = entry_kind::file;
  std::uint64_t files = 0;  ///< In the folder; 1 for a file.
  std::uint64_t bytes = 0;  ///< In all.

  bool operator==(const outermost_entry&) const = default;
};

/// What an offer says about what is offered.
struct transfer_summary {
  std::string name;  ///< The outermost name: of the file, the folder, or the first of several.
  std::uint64_t entries = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;

  /// The first of the outermost entries, at most 20. A source need not tell them: they are taken
  /// from its entries.
  std::vector<outermost_entry> outermost{};

  /// So many of `bytes` lie in holes, as far as is known: they need no room.
  std::uint64_t holes = 0;

  std::uint64_t stored() const noexcept { return bytes - std::min(bytes, holes); }

  bool operator==(const transfer_summary&) const = default;
};

/// What stands among the rest and does not go over.
struct omitted_entry {
  std::string path;    ///< As its side knows it: to be sanitised where it is shown.
  std::string reason;  ///< "a symbolic link", "another file has its name", ...

  bool operator==(const omitted_entry&) const = default;
};

/// What is called otherwise at this side than in the transfer.
struct renamed_entry {
  std::string path;  ///< As its side knows it: to be sanitised where it is shown.
  std::string name;  ///< The last part of the path that is offered.

  bool operator==(const renamed_entry&) const = default;
};

/// How many there are, and the first of them: told to people.
template <typename Entry>
struct counted_entries {
  static constexpr std::size_t first_max = 10;

  void add(std::string path, std::string detail) {
    if (++count <= first_max) first.push_back({std::move(path), std::move(detail)});
  }
  bool operator==(const counted_entries&) const = default;

  std::uint64_t count = 0;
  std::vector<Entry> first;
};

using omitted_entries = counted_entries<omitted_entry>;
using renamed_entries = counted_entries<renamed_entry>;

/// Why content cannot be read or written.
struct transfer_fault {
  /// One of "source-changed", "source-unreadable", "disk-full", "disk-error", "bad-path",
  /// "folder-changed", "too-large".
  std::string code;
  std::string detail;    ///< A sentence for people.
  bool passing = false;  ///< Worth another try later, as a full disk is.
};

/// A stretch of a file that is all hole, which reads as zeros, or all data.
struct content_stretch {
  std::uint64_t size = 0;
  bool hole = false;
};

/// Where the content of a transfer comes from. Calls block and are made one after another, from
/// any thread.
class transfer_source {
 public:
  virtual ~transfer_source() = default;

  /// Looks at everything there is to send. What is found is what every later call speaks of.
  virtual std::optional<transfer_fault> scan(transfer_summary& found) = 0;

  /// At most `count_max` entries from entry `first` on.
  virtual std::vector<transfer_entry> entries(std::uint64_t first, std::size_t count_max) = 0;

  /// Fills `bytes` from `offset` of file `entry`. A file that is not as it was at the scan is a
  /// "source-changed".
  virtual std::optional<transfer_fault> read(std::uint64_t entry, std::uint64_t offset,
                                             std::span<std::byte> bytes) = 0;

  /// What file `entry` begins with at `offset`, at most `size_max` bytes of it. Holes are neither
  /// read nor sent; a source that knows of none has none.
  virtual std::optional<transfer_fault> stretch_at(std::uint64_t /*entry*/,
                                                   std::uint64_t /*offset*/, std::uint64_t size_max,
                                                   content_stretch& found) {
    found = {size_max, false};
    return std::nullopt;
  }

  /// Nobody waits for its answers any more: a call that is under way ends soon, with any fault, and
  /// so does every later one. From any thread, also during a call.
  virtual void give_up() {}

  /// What the scan left out: told to people.
  virtual omitted_entries omitted() const { return {}; }

  /// What the scan offers under other names than it has: told to people.
  virtual renamed_entries renamed() const { return {}; }
};

/// Where the content of a transfer goes. Calls block and are made one after another, from any
/// thread.
///
/// Everything written is unfinished, and not to be taken for what it will be, until `finish`.
/// Unfinished content outlives the program: a sink opened again for the same transfer finds it.
class transfer_sink {
 public:
  /// What stands where an entry is to go.
  struct standing {
    std::uint64_t unfinished = 0;  ///< Bytes of an earlier try: to be verified by `read`.
    bool finished = false;         ///< By an earlier try of this transfer: nothing left to do.
    bool candidate = false;        ///< A file of this name and size that may have the same content.
  };

  virtual ~transfer_sink() = default;

  /// Refuses what there is no room for.
  virtual std::optional<transfer_fault> open(const transfer_summary& offered) = 0;

  /// Takes the next entries of the manifest, in its order. Refuses paths that are not sound.
  virtual std::optional<transfer_fault> declare(std::uint64_t first,
                                                std::span<const transfer_entry> entries) = 0;

  virtual std::optional<transfer_fault> look(std::uint64_t entry, standing& found) = 0;

  /// Reads what an earlier try left, or the candidate, for verification.
  virtual std::optional<transfer_fault> read(std::uint64_t entry, std::uint64_t offset,
                                             std::span<std::byte> bytes) = 0;

  /// Beyond the declared size of the entry: "too-large", and nothing is written.
  virtual std::optional<transfer_fault> write(std::uint64_t entry, std::uint64_t offset,
                                              std::span<const std::byte> bytes) = 0;

  /// As `write` of so many zeros.
  virtual std::optional<transfer_fault> write_zeros(std::uint64_t entry, std::uint64_t offset,
                                                    std::uint64_t size) {
    std::optional<transfer_fault> failed;
    for_each_zeros(size, [&](std::span<const std::byte> zeros) {
      failed = write(entry, offset, zeros);
      offset += zeros.size();
      return !failed;
    });
    return failed;
  }

  /// Whether `write_zeros` costs next to nothing, however many there are.
  virtual bool keeps_holes() const { return false; }

  /// Of what `read` would read from `offset` on: the first stretch, at most `size_max` bytes of it.
  virtual std::optional<transfer_fault> stretch_at(std::uint64_t /*entry*/,
                                                   std::uint64_t /*offset*/, std::uint64_t size_max,
                                                   content_stretch& found) {
    found = {size_max, false};
    return std::nullopt;
  }

  /// The entry is complete and verified: gives it its name, time and mode, now or when `settle` is
  /// called. `shown` is where it then stands; of what is in a folder it may be left out. With
  /// `candidate_serves` the candidate is what was wanted.
  virtual std::optional<transfer_fault> finish(std::uint64_t entry, bool candidate_serves,
                                               std::string& shown) = 0;

  /// Makes what is finished outlast a power cut: before it is remembered as finished elsewhere.
  /// Best called about once a second: the cost of it is shared by all that was finished meanwhile.
  virtual std::optional<transfer_fault> settle() { return std::nullopt; }

  /// After a fault of any call: entries of which nothing counts any more that was written, verified
  /// or finished, and was not settled, as when somebody has removed it. They are written anew.
  virtual std::vector<std::uint64_t> take_lost() { return {}; }

  /// All entries are finished: settles them; nothing of the transfer's own is left behind. A fault
  /// if any entry is not.
  virtual std::optional<transfer_fault> close() = 0;

  /// Files that count as finished although their content was not taken: told to people on both
  /// sides. Of this sink: what an earlier one of the transfer left out is not counted again.
  virtual omitted_entries omitted() const { return {}; }

  /// What stands under another name than the declared one; counted as above.
  virtual renamed_entries renamed() const { return {}; }

  /// The transfer will not go on: removes what is unfinished.
  virtual void discard() = 0;
};

}  // namespace hobnob::core
