#include "actors/peer/message_frames.hpp"

#include "actors/peer/envelope.hpp"
#include "transport/frame_codec.hpp"
#include "transport/wire/hot_frames.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace hobnob {
namespace {

using wire::message_header;

/// What comes before a part's content.
struct part_head {
  std::array<std::byte, message_header::size + core::channel_size_max> octets;
  std::size_t size;

  byte_view view() const noexcept { return byte_view{octets}.first(size); }
};

std::size_t part_count(const core::message& message) {
  const auto size = message.content.size();
  return size == 0 ? 1 : (size + core::message_part_size_max - 1) / core::message_part_size_max;
}

part_head head_of_part(const core::message& message, std::size_t offset) {
  message_header header;
  header.kind = static_cast<std::uint8_t>(message.kind);
  header.flags = message.acknowledged ? message_header::flag_acknowledged : 0;
  header.channel_size = static_cast<std::uint8_t>(message.channel.size());
  header.epoch = message.epoch;
  header.sequence = message.sequence;
  header.floor = message.floor;
  header.id = message.id;
  header.sent_at_ms = message.sent_at_ms;
  header.total_size = static_cast<std::uint32_t>(message.content.size());
  header.offset = static_cast<std::uint32_t>(offset);
  part_head out;
  header.encode(std::span{out.octets}.first<message_header::size>());
  const auto channel = as_byte_view(message.channel);
  std::copy(channel.begin(), channel.end(), out.octets.begin() + message_header::size);
  out.size = message_header::size + channel.size();
  return out;
}

shared_slice content_of_part(const core::message& message, std::size_t index) {
  return message.content.sub(index * core::message_part_size_max, core::message_part_size_max);
}

bytes receipt_payload(std::span<const core::receipt> receipts) {
  std::vector<wire::receipt_entry> entries;
  entries.reserve(receipts.size());
  for (const auto& each : receipts)
    entries.push_back({each.id, static_cast<std::uint8_t>(each.status)});
  return wire::encode_receipt(entries);
}

/// Calls `use` with at most as many receipts as one frame holds.
template <class Use>
void for_each_batch(std::span<const core::receipt> receipts, Use use) {
  while (!receipts.empty()) {
    const auto count = std::min(receipts.size(), wire::receipt_entries_max);
    use(receipts.first(count));
    receipts = receipts.subspan(count);
  }
}

void append(bytes& out, byte_view data) { out.insert(out.end(), data.begin(), data.end()); }

/// The header of a well-formed message frame.
std::optional<message_header> checked_header(byte_view payload) noexcept {
  const auto header = message_header::decode(payload);
  if (!header || (header->flags & ~message_header::flag_acknowledged) != 0) return std::nullopt;
  const auto rest = payload.subspan(message_header::size);
  if (header->channel_size > rest.size()) return std::nullopt;
  const auto part_size = rest.size() - header->channel_size;
  if (header->total_size > core::application_message_size_max ||
      header->offset > header->total_size || part_size > header->total_size - header->offset) {
    return std::nullopt;
  }
  if (part_size == 0 && header->total_size != 0) return std::nullopt;
  const auto channel = as_text(rest.first(header->channel_size));
  switch (header->kind) {
    case 0:
      return std::nullopt;
    case static_cast<std::uint8_t>(core::message_kind::text):
      if (!channel.empty()) return std::nullopt;
      break;
    case static_cast<std::uint8_t>(core::message_kind::application):
      if (!core::is_valid_channel(channel)) return std::nullopt;
      break;
    default:
      break;  // A kind of a later version: answered as `unsupported`.
  }
  return header;
}

}  // namespace

send_status send_message(connection_handle& link, const core::message& message) {
  const auto parts = part_count(message);
  if (parts == 1) {
    const auto head = head_of_part(message, 0);
    return link.send({frame_type::message, message.priority, head.view(), message.content});
  }
  std::vector<part_head> heads(parts);
  std::vector<outgoing_frame> frames(parts);
  for (std::size_t i = 0; i < parts; ++i) {
    heads[i] = head_of_part(message, i * core::message_part_size_max);
    frames[i] = {frame_type::message, message.priority, heads[i].view(),
                 content_of_part(message, i)};
  }
  return link.send(frames);
}

send_status send_receipts(connection_handle& link, std::span<const core::receipt> receipts) {
  auto worst = send_status::sent;
  for_each_batch(receipts, [&](std::span<const core::receipt> batch) {
    const outgoing_frame frame{frame_type::receipt,
                               frame_priority::interactive,
                               {},
                               shared_slice::of(receipt_payload(batch))};
    worst = std::max(worst, link.send(frame));
  });
  return worst;
}

std::vector<envelope_body> pack_messages(std::span<const core::message> messages) {
  std::vector<envelope_body> packed;
  for (const auto& message : messages) {
    for (std::size_t i = 0; i < part_count(message); ++i) {
      const auto head = head_of_part(message, i * core::message_part_size_max);
      const auto content = content_of_part(message, i);
      const auto payload_size = head.size + content.size();
      const auto size = frame_header_size + payload_size;
      if (packed.empty() || packed.back().body.size() + size > envelope_body_size_max)
        packed.emplace_back();
      auto& [body, ids] = packed.back();
      append(body, encode_frame_header(frame_type::message, payload_size));
      append(body, head.view());
      append(body, content.view());
      if (ids.empty() || ids.back() != message.id) ids.push_back(message.id);
    }
  }
  return packed;
}

std::vector<envelope_body> pack_receipts(std::span<const core::receipt> receipts) {
  std::vector<envelope_body> packed;
  for_each_batch(receipts, [&](std::span<const core::receipt> batch) {
    const auto payload = receipt_payload(batch);
    auto& body = packed.emplace_back().body;
    append(body, encode_frame_header(frame_type::receipt, payload.size()));
    append(body, payload);
  });
  return packed;
}

std::optional<std::vector<frame>> unpack_body(const shared_slice& body) {
  frame_decoder decoder;
  frame_batch batch;
  if (decoder.decode(body.view(), batch) || decoder.mid_frame() || batch.entries().empty())
    return std::nullopt;
  std::vector<frame> frames;
  frames.reserve(batch.entries().size());
  for (const auto& entry : batch.entries()) {
    if (!is_well_formed(entry.type, batch.view(entry))) return std::nullopt;
    frames.push_back({entry.type, batch.payload(entry)});
  }
  return frames;
}

bool is_well_formed(frame_type type, byte_view payload) noexcept {
  if (type == frame_type::message) return checked_header(payload).has_value();
  // A receipt frame is well-formed if its size fits its count: nothing else in it has bounds.
  if (type != frame_type::receipt || payload.size() < 2) return false;
  const auto count =
      std::to_integer<std::size_t>(payload[0]) << 8 | std::to_integer<std::size_t>(payload[1]);
  return count != 0 && count <= wire::receipt_entries_max &&
         payload.size() == 2 + count * wire::receipt_entry::size;
}

std::optional<core::message_part> read_message_part(const shared_slice& payload) {
  const auto header = checked_header(payload.view());
  if (!header) return std::nullopt;
  core::message_part part;
  part.head.id = header->id;
  part.head.kind = static_cast<core::message_kind>(header->kind);
  part.head.acknowledged = (header->flags & message_header::flag_acknowledged) != 0;
  part.head.channel = as_text(payload.view().subspan(message_header::size, header->channel_size));
  part.head.epoch = header->epoch;
  part.head.sequence = header->sequence;
  part.head.floor = header->floor;
  part.head.sent_at_ms = header->sent_at_ms;
  part.head.content = payload.sub(message_header::size + header->channel_size);
  part.offset = header->offset;
  part.total_size = header->total_size;
  return part;
}

std::optional<std::vector<core::receipt>> read_receipts(byte_view payload) {
  const auto entries = wire::decode_receipt(payload);
  if (!entries) return std::nullopt;
  std::vector<core::receipt> receipts;
  receipts.reserve(entries->size());
  for (const auto& entry : *entries) {
    constexpr auto last = static_cast<std::uint8_t>(core::receipt_status::untrusted);
    const bool known = entry.status >= 1 && entry.status <= last;
    receipts.push_back({entry.id, known ? static_cast<core::receipt_status>(entry.status)
                                        : core::receipt_status::unsupported});
  }
  return receipts;
}

}  // namespace hobnob
