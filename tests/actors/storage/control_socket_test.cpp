#include "actors/storage/control_client.hpp"
#include "actors/storage/control_server.hpp"
#include "actors/storage/unix_address.hpp"

#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using boost::json::object;

void answer_with_echo(object request, std::shared_ptr<control_reply> reply) {
  reply->send({{"event", "echo"}, {"request", std::move(request)}});
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
  const auto keep = [&](const object&, std::shared_ptr<control_reply> reply) {
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
      folder / "control",
      [&](const object&, std::shared_ptr<control_reply> reply) { kept = std::move(reply); });
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
