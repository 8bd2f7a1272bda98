// Input: one byte that says what the rest is - sealed bytes, what comes out of the box, or a body -
// as a sender of ill will could make it.

#include "actors/core/inbox.hpp"
#include "actors/core/outbox.hpp"
#include "actors/peer/envelope.hpp"
#include "actors/peer/message_frames.hpp"

#include <sodium.h>

#include <cstdlib>
#include <set>
#include <span>
#include <string>
#include <tuple>

namespace {

using namespace hobnob;

constexpr std::uint64_t own_session = 7;

const identity& own_identity() {
  static const identity self = identity::from_seed({1, 2, 3});
  return self;
}

const box_key_pair& own_keys() {
  static const box_key_pair keys{own_identity()};
  return keys;
}

opened_envelope open(byte_view sealed) {
  return open_envelope(own_keys(), own_identity().fingerprint(), own_session, sealed);
}

void open_what_was_in_the_box(byte_view plain) {
  bytes sealed(plain.size() + crypto_box_SEALBYTES);
  crypto_box_seal(reinterpret_cast<unsigned char*>(sealed.data()),
                  reinterpret_cast<const unsigned char*>(plain.data()), plain.size(),
                  own_keys().public_key().data());
  if (open(sealed).error == envelope_error::undecryptable) std::abort();
}

/// Whatever a body holds, nothing is shown twice, out of bounds, or out of order.
void receive(const shared_slice& body) {
  const auto frames = unpack_body(body);
  if (!frames) return;
  const core::inbox::time_point start{std::chrono::hours{1}};
  core::inbox in{[](const core::message&) { return core::receipt_status::delivered; }};
  core::outbox out{1};
  core::inbox_actions received;
  core::outbox_actions sent;
  for (const auto& frame : *frames) {
    if (frame.type == frame_type::message) {
      auto part = read_message_part(frame.payload);
      if (!part) std::abort();  // unpack_body found it well-formed.
      in.accept(*std::move(part), start, received);
    } else {
      const auto receipts = read_receipts(frame.payload.view());
      if (!receipts) std::abort();
      for (const auto& each : *receipts) out.take_receipt(each, start, sent);
    }
  }
  while (const auto due = in.deadline()) in.tick(*due, received);

  std::set<std::tuple<std::uint64_t, std::string, std::uint64_t>> shown;
  for (const auto& each : received.show) {
    const auto& m = each.message;
    if (m.content.size() > core::application_message_size_max) std::abort();
    if (!shown.emplace(m.epoch, m.channel, m.sequence).second) std::abort();
  }
  if (!sent.reports.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = std::as_bytes(std::span{data + 1, size - 1});
  switch (data[0] % 3) {
    case 0:
      open(rest);
      break;
    case 1:
      open_what_was_in_the_box(rest);
      break;
    case 2:
      receive(shared_slice::copy_of(rest));
      break;
  }
  return 0;
}
