#include "actors/storage/control_client.hpp"

#include "actors/storage/json_line.hpp"
#include "actors/storage/unix_address.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <string>
#include <string_view>

namespace hobnob {
namespace {

constexpr std::size_t line_size_max = 4 * 1024 * 1024;

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Takes the first line off `text`; false if there is no whole one yet.
bool take_line(std::string& text, std::string& line) {
  const auto end = text.find('\n');
  if (end == text.npos) return false;
  line = text.substr(0, end);
  text.erase(0, end + 1);
  return true;
}

}  // namespace

control_answer ask_running_program(
    const std::filesystem::path& path, const boost::json::object& request,
    const std::function<void(const boost::json::object&)>& on_event) {
  const owned_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const unix_address address{path};
  if (!fd || !address.valid() || ::connect(fd.get(), address.get(), address.size()) != 0)
    return {control_outcome::nobody_there, 0};
  if (!send_all(fd.get(), to_json_line(request) + "\n")) return {control_outcome::broken_off, 0};

  std::string text;
  char block[16 * 1024];
  while (text.size() <= line_size_max) {
    const auto got = ::recv(fd.get(), block, sizeof block, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(block, static_cast<std::size_t>(got));
    for (std::string line; take_line(text, line);) {
      const auto event = parse_json_object(line);
      if (!event) return {control_outcome::broken_off, 0};
      const auto* name = event->if_contains("event");
      const auto* code = event->if_contains("code");
      if (name != nullptr && *name == "exit" && code != nullptr && code->is_int64())
        return {control_outcome::done, static_cast<int>(code->as_int64())};
      on_event(*event);
    }
  }
  return {control_outcome::broken_off, 0};
}

}  // namespace hobnob
