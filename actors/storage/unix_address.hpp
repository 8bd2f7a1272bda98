#pragma once

#include "actors/storage/owned_fd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <cstring>
#include <filesystem>
#include <string>

namespace hobnob {

/// The address of a unix socket at a path of any length: `sun_path` holds 107 bytes only, so the
/// socket is named through a descriptor of its folder, which stays open as long as this object
/// lives (Linux, proc(5)).
class unix_address {
 public:
  explicit unix_address(const std::filesystem::path& path)
      : folder_(::open(path.has_parent_path() ? path.parent_path().c_str() : ".",
                       O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    const auto name =
        "/proc/self/fd/" + std::to_string(folder_.get()) + "/" + path.filename().string();
    address_.sun_family = AF_UNIX;
    valid_ = folder_ && name.size() < sizeof address_.sun_path;
    if (valid_) std::memcpy(address_.sun_path, name.c_str(), name.size() + 1);
  }

  bool valid() const noexcept { return valid_; }
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const noexcept { return sizeof address_; }

 private:
  owned_fd folder_;
  sockaddr_un address_{};
  bool valid_ = false;
};

}  // namespace hobnob
