#pragma once

#include "transport/stream.hpp"

#include <cstddef>
#include <memory>

namespace hobnob {

/// One direction of a circuit: from one stream to another.
class circuit_flow {
 public:
  virtual ~circuit_flow() = default;

  /// Waits for bytes and hands them on, `count_max` at most and all of them, before it takes more:
  /// who reads slowly holds the sender back, and no more than a fixed amount is ever on its way.
  /// `asio::error::eof` at the orderly end.
  virtual awaitable<io_result> move(std::size_t count_max) = 0;
};

/// Through memory, between any two streams, which must outlive it.
std::unique_ptr<circuit_flow> make_copy_flow(stream& from, stream& to);

}  // namespace hobnob
