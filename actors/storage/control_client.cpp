#include "actors/storage/control_client.hpp"

#include "actors/storage/json_line.hpp"
#include "actors/storage/unix_address.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

namespace hobnob {
namespace {

constexpr std::size_t line_size_max = 4 * 1024 * 1024;

/// Beyond it connect, send and recv fail with EAGAIN.
void limit_waits(int fd, std::chrono::milliseconds patience) {
  timeval limit{};
  limit.tv_sec = static_cast<time_t>(patience.count() / 1000);
  limit.tv_usec = static_cast<suseconds_t>(patience.count() % 1000 * 1000);
  for (const int option : {SO_SNDTIMEO, SO_RCVTIMEO})
    ::setsockopt(fd, SOL_SOCKET, option, &limit, sizeof limit);
}

control_answer no_answer() {
  const bool waited = errno == EAGAIN || errno == EWOULDBLOCK;
  return {waited ? control_outcome::silent : control_outcome::broken_off, 0};
}

/// As send(2); `attached` goes with it, if it is a descriptor.
ssize_t send_some(int fd, std::string_view text, int attached) {
  iovec part{const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof attached)] = {};
  if (attached >= 0) {
    message.msg_control = room;
    message.msg_controllen = sizeof room;
    auto* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof attached);
    std::memcpy(CMSG_DATA(head), &attached, sizeof attached);
  }
  return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}

bool send_all(int fd, std::string_view text, int attached) {
  while (!text.empty()) {
    const auto sent = send_some(fd, text, attached);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
    attached = -1;
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

control_answer ask_running_program(const std::filesystem::path& path,
                                   const boost::json::object& request,
                                   std::chrono::milliseconds patience,
                                   const std::function<void(const boost::json::object&)>& on_event,
                                   int attached) {
  const owned_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const unix_address address{path};
  if (!fd || !address.valid()) return {control_outcome::nobody_there, 0};
  limit_waits(fd.get(), patience);
  if (::connect(fd.get(), address.get(), address.size()) != 0)
    return {errno == EAGAIN ? control_outcome::silent : control_outcome::nobody_there, 0};
  if (!send_all(fd.get(), to_json_line(request) + "\n", attached)) return no_answer();

  std::string text;
  char block[16 * 1024];
  while (text.size() <= line_size_max) {
    const auto got = ::recv(fd.get(), block, sizeof block, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return no_answer();
    if (got == 0) break;
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
