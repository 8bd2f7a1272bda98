#pragma once

#include "transport/connection_handle.hpp"

#include <cstddef>
#include <string_view>

namespace hobnob {

/// Sees connections and their frames: types and sizes, never contents. Called on the loop's thread.
class frame_observer {
 public:
  virtual ~frame_observer() = default;

  /// Each connection is made once, and ends once: when its close begins, or when it is lost. `on`
  /// is the same object both times.
  virtual void connection_made(const connection_info& on) = 0;
  virtual void connection_ended(const connection_info& on) = 0;

  /// `size` is the payload's; `queued` the bytes in the connection's send queue, with this frame.
  virtual void frame_queued(const connection_info& on, frame_type type, std::size_t size,
                            std::size_t queued) = 0;
  virtual void frame_taken(const connection_info& on, frame_type type, std::size_t size) = 0;
};

/// A network whose connections are watched, as only simulated ones are.
class observed_network {
 public:
  /// Null: nobody watches. Outlives the connections made meanwhile.
  virtual frame_observer* observer() noexcept = 0;

 protected:
  ~observed_network() = default;
};

/// As the enumerator is written; "unknown" for any other number.
std::string_view to_string(frame_type type) noexcept;

}  // namespace hobnob
