#include "transport/tls/tls_stream.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace hobnob {
namespace {

namespace asio = boost::asio;

constexpr std::size_t record_overhead = 22;  // Header, content type, tag (RFC 8446, 5.2).
// Measured: four full records a read and 256 KiB of plaintext a write are best; more loses to the
// caches.
constexpr std::size_t read_size_max = 4 * (tls_engine::record_size + record_overhead);
constexpr std::size_t read_size_min = 4 * 1024;
constexpr std::size_t write_batch_max = 256 * 1024;
// Above a full batch: key updates asked for by someone who does not read the answers.
constexpr std::size_t output_max = write_batch_max + 64 * 1024;

/// Buffers shared by all TLS streams of a thread. No call holds `input` across a wait; an output
/// buffer stays with its stream until its bytes have left, and is used again then: fresh memory is
/// dear.
class scratch {
 public:
  std::array<std::byte, read_size_max> input;

  bytes take_output() {
    bytes result;
    if (!spare_.empty()) {
      result = std::move(spare_.back());
      spare_.pop_back();
    }
    result.reserve(output_size);
    return result;
  }

  void give_back(bytes buffer) {
    if (spare_.size() >= spare_max || buffer.capacity() < output_size) return;
    buffer.clear();
    spare_.push_back(std::move(buffer));
  }

  static scratch& of_thread() {
    static thread_local std::unique_ptr<scratch> instance = std::make_unique<scratch>();
    return *instance;
  }

 private:
  static constexpr std::size_t output_size =
      write_batch_max + (write_batch_max / tls_engine::record_size + 2) * record_overhead;
  static constexpr std::size_t spare_max = 4;

  std::vector<bytes> spare_;
};

/// Of `count` bytes in full records.
constexpr std::size_t encrypted_size(std::size_t count) {
  const auto records = (count + tls_engine::record_size - 1) / tls_engine::record_size;
  return count + records * record_overhead;
}

awaitable<error_code> at_once() { co_return error_code{}; }

}  // namespace

tls_stream::tls_stream(std::shared_ptr<const tls_context> context, std::unique_ptr<stream> lower,
                       std::unique_ptr<tls_engine> engine, byte_view received)
    : context_(std::move(context)),
      lower_(std::move(lower)),
      engine_(std::move(engine)),
      input_(received.begin(), received.end()) {}

void tls_stream::keep_input(byte_view rest) {
  if (rest.empty()) {
    if (input_.capacity() > 0) bytes{}.swap(input_);
    return;
  }
  if (rest.size() == input_.size() && rest.data() == input_.data()) return;
  bytes{rest.begin(), rest.end()}.swap(input_);
}

io_result tls_stream::try_read(std::span<std::byte> buffer) {
  if (read_error_) return {read_error_, 0};
  auto& received = scratch::of_thread().input;
  byte_view input{input_};
  std::size_t total = 0;
  bool drained = false;
  for (;;) {
    auto plain = engine_->read(input, buffer.subspan(total), output_);
    total += plain.count;
    if (plain.error && plain.error != asio::error::would_block) read_error_ = plain.error;
    if (read_error_ || drained || total == buffer.size()) break;
    // The engine has used up its input. Never more than what fits, so that little is left over.
    auto space = std::span{received}.first(
        std::clamp(encrypted_size(buffer.size() - total), read_size_min, read_size_max));
    auto cipher = lower_->try_read(space);
    if (cipher.error == asio::error::would_block) break;
    if (cipher.error) {
      // The end of the lower stream without a close_notify: someone cut it.
      read_error_ =
          cipher.error == asio::error::eof ? make_error_code(errc::truncated) : cipher.error;
      break;
    }
    drained = cipher.count < space.size();
    input = byte_view{space}.first(cipher.count);
  }
  keep_input(input);
  if (!output_.empty()) {
    flush();
    if (output_.size() - output_sent_ > output_max) read_error_ = make_error_code(errc::tls_failed);
  }
  if (total > 0) return {{}, total};
  return {read_error_ ? read_error_ : error_code{asio::error::would_block}, 0};
}

error_code tls_stream::flush() {
  if (!output_.empty()) {
    auto rest = byte_view{output_}.subspan(output_sent_);
    auto sent = lower_->try_write({&rest, 1});
    output_sent_ += sent.count;
    if (sent.error && sent.count < rest.size()) return sent.error;
    scratch::of_thread().give_back(std::exchange(output_, {}));
    output_sent_ = 0;
    if (sent.error) return sent.error;
  }
  if (!shut_down_) return {};
  shut_down_ = false;
  return lower_->shutdown();
}

io_result tls_stream::try_write(std::span<const byte_view> buffers) {
  if (auto error = flush()) return {error, 0};
  std::array<byte_view, 64> batch;
  std::size_t total = 0, done_of_first = 0;
  while (!buffers.empty()) {
    std::size_t pieces = 0, size = 0;
    while (!buffers.empty() && pieces < batch.size() && size < write_batch_max) {
      auto rest = buffers.front().subspan(done_of_first);
      auto piece = rest.first(std::min(rest.size(), write_batch_max - size));
      batch[pieces++] = piece;
      size += piece.size();
      done_of_first += piece.size();
      if (piece.size() < rest.size()) break;
      buffers = buffers.subspan(1);
      done_of_first = 0;
    }
    if (size == 0) continue;
    output_ = scratch::of_thread().take_output();
    if (auto error = engine_->write(std::span{batch}.first(pieces), output_)) return {error, total};
    total += size;
    if (auto error = flush()) return {error, total};
  }
  return {{}, total};
}

awaitable<error_code> tls_stream::wait_readable() {
  if (read_error_ || !input_.empty() || engine_->has_plaintext()) return at_once();
  return lower_->wait_readable();
}

awaitable<error_code> tls_stream::wait_writable() {
  return output_.empty() ? at_once() : lower_->wait_writable();
}

error_code tls_stream::shutdown() {
  engine_->shutdown(output_);
  shut_down_ = true;
  auto error = flush();
  return error == asio::error::would_block ? error_code{} : error;
}

}  // namespace hobnob
