#include "bare_relay.hpp"

#include "transport/frame_codec.hpp"
#include "transport/spawn_task.hpp"
#include "transport/tcp/tcp_network.hpp"
#include "transport/tls/tls_handshake.hpp"
#include "transport/wire/big_endian.hpp"
#include "transport/wire/control.pb.h"
#include "transport/wire/hot_frames.hpp"

#include <boost/asio/error.hpp>
#include <cstdio>
#include <cstring>

namespace hobnob::bench {

namespace {

struct bare_session {
  std::unique_ptr<stream> bytes_of;
  bytes received;  ///< The beginning of a frame.
  bytes output;
  bool writing = false;
  bool dirty = false;
};

using bare_session_ptr = std::shared_ptr<bare_session>;

struct bare_sessions {
  std::vector<bare_session_ptr> all;  ///< By session id - 1; null: gone.
  std::vector<bare_session_ptr> dirty;
  bytes scratch = bytes(64 * 1024);
};

void queue_login_ok(bare_session& to, std::uint64_t id) {
  wire::Control control;
  control.mutable_login_ok()->set_version(1);
  control.mutable_login_ok()->set_session(id);
  const auto payload = control.SerializeAsString();
  const auto header = encode_frame_header(frame_type::control, payload.size());
  to.output.insert(to.output.end(), header.begin(), header.end());
  const auto view = as_byte_view(payload);
  to.output.insert(to.output.end(), view.begin(), view.end());
}

/// Forwards the complete frames at the front of `data`; answers how many bytes they were.
std::size_t forward(bare_sessions& sessions, const bare_session_ptr& self, std::uint64_t id,
                    byte_view data) {
  std::size_t done = 0;
  while (data.size() - done >= frame_header_size) {
    const auto* at = data.data() + done;
    wire::field_reader in{at};
    const auto length = in.number<std::uint32_t>();
    const auto type = static_cast<frame_type>(in.number<std::uint8_t>());
    if (data.size() - done < frame_header_size + length) break;
    done += frame_header_size + length;
    auto target = self;
    if (type == frame_type::envelope) {
      wire::field_reader header{at + frame_header_size};
      target = sessions.all[header.number<std::uint64_t>() - 1];
      if (!target) continue;
      const auto begin = target->output.size();
      target->output.insert(target->output.end(), at, at + frame_header_size + length);
      target->output[begin + 4] = static_cast<std::byte>(frame_type::envelope_from);
      wire::field_writer{target->output.data() + begin + frame_header_size}.number(id);
    } else {
      queue_login_ok(*self, id);
    }
    if (!target->dirty) {
      target->dirty = true;
      sessions.dirty.push_back(target);
    }
  }
  return done;
}

awaitable<void> write_rest(bare_session_ptr to) {
  for (;;) {
    if (co_await to->bytes_of->wait_writable()) break;
    const bytes output = std::exchange(to->output, {});
    if (output.empty()) break;
    if ((co_await write_all(*to->bytes_of, output)).error) break;
  }
  to->writing = false;
}

void flush(network& net, bare_sessions& sessions) {
  for (auto& to : sessions.dirty) {
    to->dirty = false;
    if (to->writing) continue;
    const byte_view view{to->output};
    const auto result = to->bytes_of->try_write({&view, 1});
    if (result.count == to->output.size())
      to->output.clear();
    else
      to->output.erase(to->output.begin(),
                       to->output.begin() + static_cast<std::ptrdiff_t>(result.count));
    if (result.error == boost::asio::error::would_block) {
      to->writing = true;
      spawn_task(net.executor(), [to] { return write_rest(to); });
    }
  }
  sessions.dirty.clear();
}

awaitable<void> serve_one(network& net, bare_sessions& sessions,
                          std::shared_ptr<const tls_context> context,
                          std::unique_ptr<stream> lower) {
  auto secured = co_await tls_accept(std::move(lower), context, net.deadlines(), {});
  if (secured.error) co_return;
  auto self = std::make_shared<bare_session>();
  self->bytes_of = std::move(secured.stream);
  sessions.all.push_back(self);
  const std::uint64_t id = sessions.all.size();
  for (;;) {
    const auto result = self->bytes_of->try_read(sessions.scratch);
    if (result.count > 0) {
      const byte_view fresh{sessions.scratch.data(), result.count};
      if (self->received.empty()) {
        const auto done = forward(sessions, self, id, fresh);
        self->received.assign(fresh.begin() + static_cast<std::ptrdiff_t>(done), fresh.end());
      } else {
        self->received.insert(self->received.end(), fresh.begin(), fresh.end());
        const auto done = forward(sessions, self, id, self->received);
        self->received.erase(self->received.begin(),
                             self->received.begin() + static_cast<std::ptrdiff_t>(done));
      }
      flush(net, sessions);
      if (!result.error) continue;
    }
    if (result.error && result.error != boost::asio::error::would_block) break;
    if (co_await self->bytes_of->wait_readable()) break;
  }
  self->bytes_of->close(stream::close_mode::graceful);
  sessions.all[id - 1].reset();
}

}  // namespace

awaitable<void> serve_bare_relay(network& net, std::shared_ptr<const tls_context> context,
                                 std::unique_ptr<listener> from) {
  auto sessions = std::make_shared<bare_sessions>();
  for (;;) {
    auto accepted = co_await from->accept();
    if (accepted.error) co_return;
    auto lower = std::make_shared<std::unique_ptr<stream>>(std::move(accepted.value));
    spawn_task(net.executor(), [&net, sessions, context, lower] {
      return serve_one(net, *sessions, context, std::move(*lower));
    });
  }
}

int bare_relay_main() {
  boost::asio::io_context context{1};
  tcp_network net{context};
  auto tls = std::make_shared<const tls_context>(identity::from_seed({1}), net.time());
  auto listening = net.listen({ip_address::v4({127, 0, 0, 1}), 0}, {});
  if (listening.error) return 1;
  std::printf("%u\n", static_cast<unsigned>(listening.value->local_endpoint().port));
  std::fflush(stdout);
  auto from = std::make_shared<std::unique_ptr<listener>>(std::move(listening.value));
  spawn_task(net.executor(),
             [&net, tls, from] { return serve_bare_relay(net, tls, std::move(*from)); });
  context.run();
  return 0;
}

}  // namespace hobnob::bench
