#pragma once

#include "transport/error.hpp"
#include "transport/stream.hpp"
#include "transport/tls/certificate_check.hpp"
#include "transport/tls/tls_context.hpp"

#include <memory>

struct ssl_st;

namespace hobnob {

enum class tls_role { client, server };

/// One side of one TLS connection without any I/O: takes ciphertext from the caller's buffer,
/// appends ciphertext to the caller's. It holds no buffer of its own beside what OpenSSL keeps of
/// an incomplete record.
class tls_engine {
 public:
  static constexpr std::size_t record_size =
      16 * 1024;  ///< Plaintext in a full record (RFC 8446, 5.1).
  static constexpr std::size_t handshake_size_max =
      32 * 1024;  ///< Bytes taken before the handshake is complete.

  /// `context` must outlive the engine. `expected` null: report whom we met.
  tls_engine(const tls_context& context, tls_role role, const fingerprint& expected);
  ~tls_engine();

  tls_engine(const tls_engine&) = delete;
  tls_engine& operator=(const tls_engine&) = delete;

  /// Goes on with the handshake: takes from the front of `input`, appends what to send to `output`.
  /// True once complete; false with no `error()`: wants more input. What is left of `input` then
  /// belongs to `read`.
  bool handshake(byte_view& input, bytes& output);

  /// Decrypts from the front of `input` until `to` is full or `input` is used up (`would_block`
  /// beside what came). `asio::error::eof` after the other side's close_notify. May append to
  /// `output` (answers to key updates).
  io_result read(byte_view& input, std::span<std::byte> to, bytes& output);

  /// Encrypts `data` in records as full as possible, appended to `output`.
  error_code write(std::span<const byte_view> data, bytes& output);

  /// Appends a close_notify.
  void shutdown(bytes& output);

  /// Whether `read` would bring plaintext without any input.
  bool has_plaintext() const noexcept;

  const failure& error() const noexcept { return error_; }

  /// The other side's, once the handshake is complete.
  const public_key& remote_key() const noexcept { return check_.key; }
  const fingerprint& remote() const noexcept { return check_.found; }

 private:
  struct io;
  bool fail(int result);
  error_code write_bytes(byte_view data);

  ssl_st* ssl_ = nullptr;
  certificate_check check_;
  const tls_context& context_;
  failure error_;
  byte_view* input_ = nullptr;  ///< During a call only.
  bytes* output_ = nullptr;     ///< During a call only.
  std::size_t handshake_bytes_ = 0;
};

}  // namespace hobnob
