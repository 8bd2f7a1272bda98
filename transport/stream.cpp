#include "transport/stream.hpp"

#include <boost/asio/error.hpp>

namespace hobnob {

awaitable<io_result> read_some(stream& from, std::span<std::byte> buffer) {
  for (;;) {
    auto result = from.try_read(buffer);
    if (result.count > 0 || result.error != boost::asio::error::would_block) co_return result;
    if (auto error = co_await from.wait_readable()) co_return io_result{error, 0};
  }
}

awaitable<io_result> read_all(stream& from, std::span<std::byte> buffer) {
  std::size_t count = 0;
  while (count < buffer.size()) {
    auto result = co_await read_some(from, buffer.subspan(count));
    count += result.count;
    if (result.error) co_return io_result{result.error, count};
  }
  co_return io_result{{}, count};
}

awaitable<io_result> write_all(stream& to, byte_view data) {
  std::size_t count = 0;
  for (;;) {
    byte_view rest = data.subspan(count);
    auto result = to.try_write({&rest, rest.empty() ? 0u : 1u});
    count += result.count;
    if (!result.error && count == data.size()) co_return io_result{{}, count};
    if (!result.error) continue;
    if (result.error != boost::asio::error::would_block) co_return io_result{result.error, count};
    if (auto error = co_await to.wait_writable()) co_return io_result{error, count};
  }
}

}  // namespace hobnob
