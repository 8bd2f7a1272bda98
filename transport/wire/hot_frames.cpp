#include "transport/wire/hot_frames.hpp"

#include "transport/wire/big_endian.hpp"

namespace hobnob::wire {

void envelope_header::encode(std::span<std::byte, size> out) const noexcept {
  field_writer{out.data()}.number(session).number(tag);
}

std::optional<envelope_header> envelope_header::decode(byte_view data) noexcept {
  if (data.size() < size) return std::nullopt;
  field_reader in{data.data()};
  envelope_header result;
  result.session = in.number<std::uint64_t>();
  result.tag = in.number<std::uint64_t>();
  return result;
}

std::array<std::byte, envelope_refusal::size> envelope_refusal::encode() const noexcept {
  std::array<std::byte, size> out;
  field_writer{out.data()}.number(session).number(tag).number(static_cast<std::uint8_t>(reason));
  return out;
}

std::optional<envelope_refusal> envelope_refusal::decode(byte_view data) noexcept {
  if (data.size() != size) return std::nullopt;
  field_reader in{data.data()};
  envelope_refusal result;
  result.session = in.number<std::uint64_t>();
  result.tag = in.number<std::uint64_t>();
  const auto reason = in.number<std::uint8_t>();
  if (reason < 1 || reason > 5) return std::nullopt;
  result.reason = static_cast<refusal_reason>(reason);
  return result;
}

void message_header::encode(std::span<std::byte, size> out) const noexcept {
  field_writer{out.data()}
      .number(kind)
      .number(flags)
      .number(channel_size)
      .number(std::uint8_t{0})
      .number(epoch)
      .number(sequence)
      .number(floor)
      .octets(id)
      .number(static_cast<std::uint64_t>(sent_at_ms))
      .number(total_size)
      .number(offset);
}

std::optional<message_header> message_header::decode(byte_view data) noexcept {
  if (data.size() < size) return std::nullopt;
  field_reader in{data.data()};
  message_header result;
  result.kind = in.number<std::uint8_t>();
  result.flags = in.number<std::uint8_t>();
  result.channel_size = in.number<std::uint8_t>();
  if (in.number<std::uint8_t>() != 0) return std::nullopt;
  result.epoch = in.number<std::uint64_t>();
  result.sequence = in.number<std::uint64_t>();
  result.floor = in.number<std::uint64_t>();
  result.id = in.octets<16>();
  result.sent_at_ms = static_cast<std::int64_t>(in.number<std::uint64_t>());
  result.total_size = in.number<std::uint32_t>();
  result.offset = in.number<std::uint32_t>();
  return result;
}

bytes encode_receipt(std::span<const receipt_entry> entries) {
  bytes out(2 + entries.size() * receipt_entry::size);
  field_writer writer{out.data()};
  writer.number(static_cast<std::uint16_t>(entries.size()));
  for (const auto& entry : entries) writer.octets(entry.id).number(entry.status);
  return out;
}

std::optional<std::vector<receipt_entry>> decode_receipt(byte_view data) {
  if (data.size() < 2) return std::nullopt;
  field_reader in{data.data()};
  const std::size_t count = in.number<std::uint16_t>();
  if (count == 0 || count > receipt_entries_max) return std::nullopt;
  if (data.size() != 2 + count * receipt_entry::size) return std::nullopt;
  std::vector<receipt_entry> result(count);
  for (auto& entry : result) {
    entry.id = in.octets<16>();
    entry.status = in.number<std::uint8_t>();
  }
  return result;
}

}  // namespace hobnob::wire
