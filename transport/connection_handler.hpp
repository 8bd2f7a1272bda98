#pragma once

#include "transport/connection_handle.hpp"

namespace hobnob {

/// Whom a connection tells. All calls come on the connection's thread, none within a call of the
/// handle.
class connection_handler {
 public:
  virtual ~connection_handler() = default;

  /// What one read brought. To be given back with `acknowledge(batch.wire_size())` once dealt with.
  /// Pings are answered before; they, the closing frame and pongs of eight zeros (that wanted no
  /// more than a sign of life) are taken out.
  virtual void on_frames(frame_batch batch) = 0;

  /// The queue that was `full` has room again.
  virtual void on_drained() = 0;

  /// The last call, exactly once, whoever ended the connection.
  virtual void on_closed(const close_info& why) = 0;
};

}  // namespace hobnob
