#include "load_session.hpp"

#include "load_loop.hpp"

#include "actors/control_frame.hpp"
#include "actors/signed_record.hpp"
#include "transport/dialler.hpp"
#include "transport/spawn_task.hpp"
#include "transport/wire/control.pb.h"
#include "transport/wire/hot_frames.hpp"

#include <array>
#include <stdexcept>

namespace hobnob::bench {

namespace {

constexpr std::size_t logins_at_once = 32;

identity identity_of(unsigned number) {
  identity::seed seed{2};
  for (std::size_t i = 0; i < sizeof number; ++i)
    seed[i + 1] = static_cast<std::uint8_t>(number >> 8 * i);
  return identity::from_seed(seed);
}

}  // namespace

load_session::load_session(network& net, unsigned number, bool subscribed)
    : net_(net),
      context_(std::make_shared<const tls_context>(identity_of(number), net.time())),
      user_("load" + std::to_string(number)),
      subscribed_(subscribed) {}

void load_session::log_in(endpoint relay, std::function<void(bool)> done) {
  done_ = std::move(done);
  spawn_task(net_.executor(),
             [self = shared_from_this(), relay] { return self->dial_and_greet(relay); });
}

awaitable<void> load_session::dial_and_greet(endpoint relay) {
  auto self = shared_from_this();
  dial_request request;
  request.remote = relay;
  auto result = co_await dial(net_, context_, request, {});
  if (!result.connection) {
    ended(result.error.text());
    co_return;
  }
  connection_ = result.connection;
  start_connection(connection_, self);
  send_login();
}

void load_session::send_login() {
  wire::Control control;
  auto& login = *control.mutable_login();
  login.mutable_versions()->set_lowest(1);
  login.mutable_versions()->set_highest(1);
  login.set_user(user_);
  login.set_subscription(subscribed_ ? wire::ALL : wire::NONE);
  login.set_software("hobnob bench");
  directory_record record;
  record.user = user_;
  record.box_key = {9};
  record.endpoints.push_back(connection_->info().local_endpoint);
  record.serial = 1;
  record.epoch = 1;
  sign_record(context_->self(), record, *login.mutable_record());
  send_control(*connection_, control);
}

void load_session::send_envelopes(std::uint64_t receiver, const shared_slice& body,
                                  std::size_t count) {
  std::array<std::byte, wire::envelope_header::size> head;
  wire::envelope_header{receiver, 1}.encode(head);
  std::array<outgoing_frame, 64> frames;
  frames.fill({frame_type::envelope, frame_priority::normal, head, body});
  for (; count > 0; count -= std::min(count, frames.size())) {
    connection_->send({frames.data(), std::min(count, frames.size())});
  }
}

void load_session::on_frames(frame_batch batch) {
  std::size_t envelopes = 0;
  for (const auto& entry : batch.entries()) {
    if (entry.type == frame_type::envelope_from) ++envelopes;
    if (entry.type == frame_type::envelope_refused) ended("an envelope was refused");
    wire::Control control;
    if (session_ == 0 && entry.type == frame_type::control &&
        decode_control(batch.view(entry), control) && control.has_login_ok()) {
      session_ = control.login_ok().session();
      connection_->set_authenticated();
      if (done_) std::exchange(done_, {})(true);
    }
  }
  connection_->acknowledge(batch.wire_size());
  if (envelopes > 0 && on_envelopes) on_envelopes(envelopes);
}

void load_session::on_closed(const close_info& why) {
  closed_ = true;
  ended(std::string{to_string(why.reason)} + ": " + why.detail);
}

void load_session::ended(std::string trouble) {
  if (trouble_.empty()) trouble_ = std::move(trouble);
  if (done_) std::exchange(done_, {})(false);
}

std::vector<load_session_ptr> log_in_users(load_loop& loop, endpoint relay, std::size_t count,
                                           unsigned first_number, bool subscribed) {
  std::vector<load_session_ptr> users;
  for (std::size_t i = 0; i < count; ++i) {
    users.push_back(std::make_shared<load_session>(
        loop.net, first_number + static_cast<unsigned>(i), subscribed));
  }
  std::size_t next = 0;
  std::size_t done = 0;
  bool failed = false;
  std::function<void()> start_one = [&] {
    if (next == count || failed) return;
    users[next++]->log_in(relay, [&](bool good) {
      ++done;
      if (!good) failed = true;
      start_one();
    });
  };
  for (std::size_t i = 0; i < logins_at_once; ++i) start_one();
  loop.run_until([&] { return failed || done == count; });
  for (const auto& user : users) {
    if (!user->trouble().empty()) throw std::runtime_error("a login failed: " + user->trouble());
  }
  return users;
}

}  // namespace hobnob::bench
