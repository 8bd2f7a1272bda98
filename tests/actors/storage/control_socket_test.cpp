#include "actors/storage/control_client.hpp"
#include "actors/storage/control_server.hpp"
#include "actors/storage/unix_address.hpp"

#include "tests/actors/storage/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cstring>

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using boost::json::object;

void answer_with_echo(control_request request, std::shared_ptr<control_reply> reply) {
  reply->send({{"event", "echo"}, {"request", std::move(request.words)}});
  reply->finish(5);
}

TEST(ControlSocket, CarriesARequestAndItsAnswer) {
  const temporary_folder folder;
  const auto server = control_server::listen(folder / "control", answer_with_echo);
  ASSERT_TRUE(server) << server.error();
  std::vector<object> events;
  const auto answer = ask_running_program(folder / "control", {{"command", "who"}}, 10s,
                                          [&](const object& event) { events.push_back(event); });
  EXPECT_EQ(answer.outcome, control_outcome::done);
  EXPECT_EQ(answer.exit_code, 5);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].at("request").at("command"), "who");
}

TEST(ControlSocket, IsForItsOwnerOnlyAndGoesWithItsServer) {
  const temporary_folder folder;
  {
    const auto server = control_server::listen(folder / "control", answer_with_echo);
    struct stat status {};
    ASSERT_EQ(::stat((folder / "control").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "control"));
  const auto answer = ask_running_program(folder / "control", {}, 10s, [](const object&) {});
  EXPECT_EQ(answer.outcome, control_outcome::nobody_there);
}

TEST(ControlSocket, WorksInAFolderWithAVeryLongName) {
  const temporary_folder folder;
  const auto deep = folder.path() / std::string(200, 'd');
  std::filesystem::create_directory(deep);
  const auto server = control_server::listen(deep / "control", answer_with_echo);
  ASSERT_TRUE(server) << server.error();
  EXPECT_EQ(ask_running_program(deep / "control", {}, 10s, [](const object&) {}).exit_code, 5);
}

TEST(ControlSocket, OneLeftByADeadProgramIsReplaced) {
  const temporary_folder folder;
  folder.write("control", "");
  const auto server = control_server::listen(folder / "control", answer_with_echo);
  ASSERT_TRUE(server) << server.error();
  EXPECT_EQ(ask_running_program(folder / "control", {}, 10s, [](const object&) {}).exit_code, 5);
}

TEST(ControlSocket, AServerThatEndsInTheMiddleIsNoticed) {
  const temporary_folder folder;
  std::vector<std::shared_ptr<control_reply>> replies;
  std::unique_ptr<control_server> server;
  const auto keep = [&](const control_request&, std::shared_ptr<control_reply> reply) {
    reply->send({{"event", "begun"}});
    replies.push_back(std::move(reply));
  };
  server = *control_server::listen(folder / "control", keep);
  std::thread ender;
  const auto answer = ask_running_program(folder / "control", {}, 10s, [&](const object&) {
    ender = std::thread{[&] { server.reset(); }};
  });
  ender.join();
  EXPECT_EQ(answer.outcome, control_outcome::broken_off);
  replies.front()->finish(0);  // The server is gone: nothing happens.
}

TEST(ControlSocket, AProgramThatDoesNotAnswerIsNotWaitedForLongerThanAsked) {
  const temporary_folder folder;
  std::shared_ptr<control_reply> kept;
  const auto server = control_server::listen(
      folder / "control", [&](const control_request&, std::shared_ptr<control_reply> reply) {
        kept = std::move(reply);
      });
  ASSERT_TRUE(server) << server.error();
  const auto answer = ask_running_program(folder / "control", {}, 20ms, [](const object&) {});
  EXPECT_EQ(answer.outcome, control_outcome::silent);
}

std::chrono::microseconds processor_time() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) {
    return std::chrono::seconds{t.tv_sec} + std::chrono::microseconds{t.tv_usec};
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

TEST(ControlSocket, WithoutDescriptorsAClientWaitsAndNothingSpins) {
  const temporary_folder folder;
  const auto server = control_server::listen(folder / "control", answer_with_echo);
  ASSERT_TRUE(server) << server.error();
  const owned_fd client{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const unix_address address{folder / "control"};
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const owned_fd next{::dup(client.get())};
  const rlimit none{static_cast<rlim_t>(next.get()) + 1, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto before = processor_time();
  EXPECT_EQ(::connect(client.get(), address.get(), address.size()), 0);
  const std::string request = "{\"command\":\"who\"}\n";
  ::send(client.get(), request.data(), request.size(), MSG_NOSIGNAL);
  pollfd answered{client.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&answered, 1, 400), 0) << "there is no descriptor for it";
  const auto used = processor_time() - before;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_LT(used, 200ms) << "waiting costs nothing";
  EXPECT_EQ(::poll(&answered, 1, 60'000), 1) << "it is tried again";
}

/// Says what the file that came along holds; without one that there is none.
void answer_with_content(control_request request, std::shared_ptr<control_reply> reply) {
  char text[64];
  const auto got = ::pread(request.attached.get(), text, sizeof text, 0);
  const bool closes_itself = (::fcntl(request.attached.get(), F_GETFD) & FD_CLOEXEC) != 0;
  reply->send({{"event", "content"},
               {"text", std::string(text, got < 0 ? 0 : static_cast<std::size_t>(got))},
               {"attached", static_cast<bool>(request.attached)},
               {"closes_itself", closes_itself}});
  reply->finish(0);
}

std::string content_after(const std::filesystem::path& path, int attached) {
  std::string text;
  const auto answer = ask_running_program(
      path, {{"command", std::string(10'000, 'x')}}, 10s,
      [&](const object& event) {
        if (!event.at("attached").as_bool()) return text = "none", void();
        EXPECT_TRUE(event.at("closes_itself").as_bool());
        text = std::string{event.at("text").as_string()};
      },
      attached);
  EXPECT_EQ(answer.outcome, control_outcome::done);
  return text;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(ControlSocket, CarriesADescriptorWithARequest) {
  const temporary_folder folder;
  folder.write("file", "what came");
  const owned_fd file{::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC)};
  const auto before = open_descriptors();
  {
    const auto server = control_server::listen(folder / "control", answer_with_content);
    ASSERT_TRUE(server) << server.error();
    EXPECT_EQ(content_after(folder / "control", file.get()), "what came");
    EXPECT_EQ(content_after(folder / "control", file.get()), "what came") << "it is still ours";
    EXPECT_EQ(content_after(folder / "control", -1), "none");
  }
  EXPECT_EQ(open_descriptors(), before);
}

/// Sends `text` with so many descriptors.
void send_with(int fd, const std::string& text, std::size_t count) {
  iovec part{const_cast<char*>(text.data()), text.size()};
  std::vector<char> room(CMSG_SPACE(count * sizeof(int)));
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  auto* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(count * sizeof(int));
  const std::vector<int> all(count, fd);
  std::memcpy(CMSG_DATA(head), all.data(), count * sizeof(int));
  ASSERT_EQ(::sendmsg(fd, &message, MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

TEST(ControlSocket, MoreThanOneDescriptorEndsTheConnectionAndAllAreClosed) {
  const temporary_folder folder;
  const auto server = control_server::listen(folder / "control", answer_with_content);
  ASSERT_TRUE(server) << server.error();
  const unix_address address{folder / "control"};
  const auto before = open_descriptors();
  const std::vector<std::vector<std::size_t>> cases{{2}, {3}, {100}, {1, 1}};
  for (const auto& counts : cases) {
    const owned_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    ASSERT_EQ(::connect(fd.get(), address.get(), address.size()), 0);
    for (const auto count : counts) send_with(fd.get(), " ", count);
    ::send(fd.get(), "{}\n", 3, MSG_NOSIGNAL);
    char c;
    EXPECT_LE(::recv(fd.get(), &c, 1, 0), 0) << counts.front();
  }
  // The server closes before it drops the client.
  EXPECT_EQ(open_descriptors(), before);
}

TEST(ControlSocket, WhatIsNoRequestEndsTheConnection) {
  const temporary_folder folder;
  const auto server = control_server::listen(folder / "control", answer_with_echo);
  ASSERT_TRUE(server) << server.error();
  for (const std::string& line : {std::string{"hello\n"}, std::string(200'000, 'x')}) {
    const owned_fd fd{::socket(AF_UNIX, SOCK_STREAM, 0)};
    const unix_address address{folder / "control"};
    ASSERT_EQ(::connect(fd.get(), address.get(), address.size()), 0);
    ::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL);
    char c;
    EXPECT_LE(::recv(fd.get(), &c, 1, 0), 0);
  }
}

}  // namespace
}  // namespace hobnob
