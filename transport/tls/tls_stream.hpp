#pragma once

#include "transport/stream.hpp"
#include "transport/tls/tls_engine.hpp"

#include <memory>

namespace hobnob {

/// TLS over any stream, after the handshake (tls_handshake.hpp makes it). Works through scratch
/// buffers of the thread, so that an idle connection holds none.
class tls_stream final : public stream {
 public:
  /// `received`: ciphertext that came behind the handshake.
  tls_stream(std::shared_ptr<const tls_context> context, std::unique_ptr<stream> lower,
             std::unique_ptr<tls_engine> engine, byte_view received);

  io_result try_read(std::span<std::byte> buffer) override;
  io_result try_write(std::span<const byte_view> buffers) override;
  awaitable<error_code> wait_readable() override;
  awaitable<error_code> wait_writable() override;
  error_code shutdown() override;
  void close(close_mode mode) noexcept override { lower_->close(mode); }
  endpoint local_endpoint() const override { return lower_->local_endpoint(); }
  endpoint remote_endpoint() const override { return lower_->remote_endpoint(); }

  const tls_engine& engine() const noexcept { return *engine_; }

 private:
  error_code flush();
  void keep_input(byte_view rest);

  std::shared_ptr<const tls_context> context_;
  std::unique_ptr<stream> lower_;
  std::unique_ptr<tls_engine> engine_;
  bytes input_;   ///< Ciphertext received, not yet decrypted; mostly empty.
  bytes output_;  ///< Ciphertext to send; empty unless the lower stream is full.
  std::size_t output_sent_ = 0;
  error_code read_error_;   ///< The end of reading, once met.
  bool shut_down_ = false;  ///< The lower stream's shutdown waits for `output_` to leave.
};

}  // namespace hobnob
