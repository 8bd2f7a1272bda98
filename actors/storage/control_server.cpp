#include "actors/storage/control_server.hpp"

#include "actors/storage/json_line.hpp"
#include "actors/storage/unix_address.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace hobnob {
namespace {

constexpr std::size_t clients_max = 16;
constexpr int accept_pause_ms = 500;
constexpr std::size_t request_size_max = 128 * 1024;
constexpr std::size_t answer_size_max = 4 * 1024 * 1024;  // A client that does not read is dropped.

bool is_own_user(int fd) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 &&
         (credentials.uid == ::geteuid() || credentials.uid == 0);
}

/// The descriptors that came with a message. What the system could not give us is missing.
std::vector<owned_fd> descriptors_of(msghdr& message) {
  std::vector<owned_fd> all;
  for (auto* head = CMSG_FIRSTHDR(&message); head != nullptr; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
      all.emplace_back(fd);
    }
  }
  return all;
}

/// As recv(2). There is room for two descriptors: enough to see that they are too many, and the
/// system closes the rest.
ssize_t receive(int fd, std::span<char> text, std::vector<owned_fd>& attached) {
  iovec part{text.data(), text.size()};
  alignas(cmsghdr) char room[CMSG_SPACE(2 * sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  const auto got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  if (got >= 0) attached = descriptors_of(message);
  return got;
}

}  // namespace

/// What the server's thread shares with the replies, which may outlive it.
struct control_server::shared_state {
  struct outgoing {
    std::string text;
    bool finished = false;
    bool overflow = false;
  };

  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event.get(), &one, sizeof one);
  }

  owned_fd event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::map<std::uint64_t, outgoing> answers;  // By client; gone when the client is.
};

struct control_server::client {
  std::uint64_t id = 0;
  owned_fd fd;
  std::string request;
  owned_fd attached;
  bool asked = false;
};

class control_server::answer final : public control_reply {
 public:
  answer(std::shared_ptr<shared_state> state, std::uint64_t client)
      : state_(std::move(state)), client_(client) {}

  void send(const boost::json::object& event) override { add(to_json_line(event) + "\n", false); }

  void finish(int exit_code) override {
    add(to_json_line(boost::json::object{{"event", "exit"}, {"code", exit_code}}) + "\n", true);
  }

 private:
  void add(std::string line, bool last) {
    {
      const std::lock_guard lock{state_->mutex};
      const auto found = state_->answers.find(client_);
      if (found == state_->answers.end()) return;
      auto& out = found->second;
      out.overflow = out.overflow || out.text.size() + line.size() > answer_size_max;
      if (!out.overflow) out.text += line;
      out.finished = out.finished || last;
    }
    state_->wake();
  }

  std::shared_ptr<shared_state> state_;
  std::uint64_t client_;
};

core::checked<std::unique_ptr<control_server>> control_server::listen(
    const std::filesystem::path& path, request_handler handler) {
  using result = core::checked<std::unique_ptr<control_server>>;
  const auto failure = [&](const char* what) {
    return result::failure(std::string{"cannot "} + what + " the control socket " + path.string() +
                           ": " + std::generic_category().message(errno));
  };
  owned_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!fd) return failure("make");
  ::unlink(path.c_str());
  const unix_address address{path};
  if (!address.valid() || ::bind(fd.get(), address.get(), address.size()) != 0)
    return failure("bind");
  if (::chmod(path.c_str(), 0600) != 0) return failure("protect");
  if (::listen(fd.get(), clients_max) != 0) return failure("listen on");
  return std::unique_ptr<control_server>{
      new control_server{path, std::move(fd), std::move(handler)}};
}

control_server::control_server(std::filesystem::path path, owned_fd listener,
                               request_handler handler)
    : path_(std::move(path)),
      listener_(std::move(listener)),
      handler_(std::move(handler)),
      state_(std::make_shared<shared_state>()),
      thread_([this] { run(); }) {}

control_server::~control_server() {
  state_->stopping = true;
  state_->wake();
  thread_.join();
  ::unlink(path_.c_str());
}

void control_server::run() {
  while (!state_->stopping) {
    std::vector<pollfd> fds{{state_->event.get(), POLLIN, 0}};
    const bool paused = std::exchange(accept_failed_, false);
    const short accepting = clients_.size() < clients_max && !paused ? POLLIN : 0;
    fds.push_back({listener_.get(), accepting, 0});
    std::vector<client*> order;
    for (const auto& [id, c] : clients_) {
      const std::lock_guard lock{state_->mutex};
      const short writing = state_->answers[id].text.empty() ? 0 : POLLOUT;
      fds.push_back({c->fd.get(), static_cast<short>(POLLIN | writing), 0});
      order.push_back(c.get());
    }
    if (::poll(fds.data(), fds.size(), paused ? accept_pause_ms : -1) < 0 && errno != EINTR) return;

    std::uint64_t ignored = 0;
    [[maybe_unused]] const auto got = ::read(state_->event.get(), &ignored, sizeof ignored);
    if (fds[1].revents != 0) accept_client();
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto id = order[i]->id;
      if (serve(*order[i], fds[i + 2].revents)) continue;
      const std::lock_guard lock{state_->mutex};
      state_->answers.erase(id);
      clients_.erase(id);
    }
  }
}

void control_server::accept_client() {
  owned_fd fd{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!fd) {
    // The client that waits would be reported again and again.
    accept_failed_ = errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
    return;
  }
  if (!is_own_user(fd.get())) return;
  auto c = std::make_unique<client>();
  c->id = next_client_++;
  c->fd = std::move(fd);
  const std::lock_guard lock{state_->mutex};
  state_->answers[c->id] = {};
  clients_.emplace(c->id, std::move(c));
}

/// Reads what came and writes what waits; false when the client is done with.
bool control_server::serve(client& c, short events) {
  if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !read_request(c)) return false;
  const std::lock_guard lock{state_->mutex};
  auto& out = state_->answers[c.id];
  if (!out.text.empty()) {
    const auto sent = ::send(c.fd.get(), out.text.data(), out.text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (sent > 0) out.text.erase(0, static_cast<std::size_t>(sent));
  }
  return !out.overflow && !(out.finished && out.text.empty());
}

bool control_server::read_request(client& c) {
  char block[4096];
  std::vector<owned_fd> attached;
  const auto got = receive(c.fd.get(), block, attached);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0 || c.asked) return false;
  for (auto& each : attached) {
    if (c.attached) return false;
    c.attached = std::move(each);
  }
  c.request.append(block, static_cast<std::size_t>(got));
  const auto end = c.request.find('\n');
  if (end == c.request.npos) return c.request.size() <= request_size_max;

  c.asked = true;
  auto words = parse_json_object(std::string_view{c.request}.substr(0, end));
  if (!words) return false;
  handler_({std::move(*words), std::move(c.attached)}, std::make_shared<answer>(state_, c.id));
  return true;
}

}  // namespace hobnob
