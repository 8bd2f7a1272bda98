#include "transport/wire/close_frame.hpp"

#include "transport/wire/control.pb.h"

namespace hobnob::wire {
namespace {

constexpr std::size_t detail_size_max = 200;
constexpr std::size_t code_size_max = 64;
constexpr std::byte close_tag{
    0x0a};  // Field 1 (close), length-delimited: how such a message starts.

/// At most `size` bytes, not cutting a UTF-8 sequence: protobuf refuses half ones.
std::string cut(const std::string& text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace

bytes encode_close(const close_info& why) {
  Control control;
  auto& close = *control.mutable_close();
  close.set_reason(static_cast<std::uint32_t>(why.reason));
  close.set_detail(cut(why.detail, detail_size_max));
  close.set_code(cut(why.code, code_size_max));
  bytes result(control.ByteSizeLong());
  control.SerializeToArray(result.data(), static_cast<int>(result.size()));
  return result;
}

std::optional<close_info> decode_close(byte_view control) {
  if (control.empty() || control.front() != close_tag) return std::nullopt;
  close_info result;
  result.by_remote = true;
  Control message;
  // What cannot be read is left to the consumer, who says so to the other side.
  if (!message.ParseFromArray(control.data(), static_cast<int>(control.size())))
    return std::nullopt;
  if (!message.has_close()) return std::nullopt;
  result.reason = close_reason_from(message.close().reason()).value_or(close_reason::goodbye);
  result.detail = cut(message.close().detail(), detail_size_max);
  result.code = cut(message.close().code(), code_size_max);
  return result;
}

}  // namespace hobnob::wire
