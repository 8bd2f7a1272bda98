#pragma once

#include "actors/storage/background.hpp"
#include "actors/storage/owned_fd.hpp"

#include <sys/stat.h>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// The names in a folder, in order, in little memory: there may be a million.
class folder_listing {
 public:
  /// The number of errno(3). Keeps the folder open.
  int read(owned_fd folder);

  /// Looks at the first names now, so that `look` need not ask the system: at some thousands, as
  /// what it learns takes more memory than the names.
  void look_ahead();

  std::size_t size() const { return starts_.size(); }
  std::string_view operator[](std::size_t index) const { return at(starts_[index]); }
  bool contains(std::string_view name) const;

  /// At the name itself, also where it is a link. The number of errno(3).
  int look(std::size_t index, struct stat& found) const;

  int folder() const { return folder_.get(); }

 private:
  struct sight {
    int error = 0;
    struct stat status {};
  };

  std::string_view at(std::size_t start) const { return text_.c_str() + start; }
  sight look_now(std::size_t index) const;

  owned_fd folder_;
  std::string text_;  ///< Each name with a zero byte behind it.
  std::vector<std::size_t> starts_;
  std::vector<sight> seen_;  ///< Of the first ones.
};

/// Reads a folder on a thread of its own, and looks at what is in it. One at a time.
class listing_ahead {
 public:
  /// Names in a folder: with fewer it costs as much to wake a thread.
  static constexpr std::size_t worth_a_thread = 32;

  /// Nothing happens where there is no thread to be had.
  void begin(std::uint32_t entry, owned_fd folder);

  bool reads(std::uint32_t entry) const { return result_.valid() && entry == entry_; }

  /// Waits for it. The number of errno(3).
  int take(folder_listing& found);

 private:
  struct outcome {
    int error = 0;
    folder_listing names;
  };

  std::uint32_t entry_ = 0;
  std::future<outcome> result_;
  std::unique_ptr<background> thread_;
};

}  // namespace hobnob
