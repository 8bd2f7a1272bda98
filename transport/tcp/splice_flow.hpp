#pragma once

#include "transport/circuit_flow.hpp"
#include "transport/tcp/tcp_stream.hpp"

namespace hobnob {

/// Between two sockets by splice(2), through a pipe: the bytes never enter this process. The
/// streams must outlive it. Null if no pipe is to be had (too many open files).
std::unique_ptr<circuit_flow> make_splice_flow(tcp_stream& from, tcp_stream& to);

}  // namespace hobnob
