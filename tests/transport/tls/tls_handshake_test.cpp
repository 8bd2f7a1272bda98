#include "transport/tls/tls_handshake.hpp"

#include "tests/transport/loop.hpp"
#include "transport/tls/first_bytes.hpp"

#include <boost/asio/error.hpp>

#include <array>

namespace hobnob::test {
namespace {

namespace asio = boost::asio;

/// Both ends dial, as after a TCP simultaneous open.
struct crossing {
  handshake_result left, right;
};

crossing cross(loop& l, std::uint8_t left, std::uint8_t right, fingerprint left_expects,
               fingerprint right_expects) {
  auto ends = connect_tcp(l);
  auto until = l.net.time().now() + std::chrono::seconds{5};
  auto first = l.start(tls_connect(std::move(ends.dialled), make_context(l, left),
                                   l.net.deadlines(), {left_expects, until}));
  auto second = l.start(tls_connect(std::move(ends.accepted), make_context(l, right),
                                    l.net.deadlines(), {right_expects, until}));
  l.run_until([&] { return *first && *second; });
  return {std::move(**first), std::move(**second)};
}

TEST(tls_handshake, two_crossing_dials_become_one_connection) {
  for (auto [left, right] : {std::pair<std::uint8_t, std::uint8_t>{1, 2}, {2, 1}, {3, 4}, {4, 3}}) {
    loop l;
    auto met = cross(l, left, right, make_identity(right).fingerprint(),
                     make_identity(left).fingerprint());
    ASSERT_FALSE(met.left.error) << met.left.error.text();
    ASSERT_FALSE(met.right.error) << met.right.error.text();
    // Only one of them has to notice; the one that does not sees an ordinary server.
    EXPECT_TRUE(met.left.crossed && met.right.crossed);
    EXPECT_EQ(met.left.remote, make_identity(right).fingerprint());
    EXPECT_EQ(met.right.remote, make_identity(left).fingerprint());
    l.run(write_all(*met.left.stream, as_byte_view("over")));
    std::array<std::byte, 4> space;
    auto got = l.run(read_all(*met.right.stream, space));
    EXPECT_FALSE(got.error);
    EXPECT_EQ(as_text(space), "over");
  }
}

TEST(tls_handshake, a_crossing_with_an_unexpected_side_fails) {
  loop l;
  auto met = cross(l, 1, 2, {}, {});
  EXPECT_TRUE(met.left.error);
  EXPECT_TRUE(met.right.error);
  auto stranger = cross(l, 1, 2, make_identity(2).fingerprint(), make_identity(7).fingerprint());
  EXPECT_TRUE(stranger.left.error);
  EXPECT_TRUE(stranger.right.error);
}

struct first_words : testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(first_words, that_are_not_tls_are_named) {
  auto [sent, name] = GetParam();
  for (bool accepting : {true, false}) {
    loop l;
    auto ends = connect_tcp(l);
    auto ours = accepting ? l.start(tls_accept(std::move(ends.accepted), make_context(l, 1),
                                               l.net.deadlines(), {}))
                          : l.start(tls_connect(std::move(ends.accepted), make_context(l, 1),
                                                l.net.deadlines(), {}));
    l.run(write_all(*ends.dialled, as_byte_view(sent)));
    l.run_until([&] { return ours->has_value(); });
    EXPECT_EQ((*ours)->error.error, errc::not_tls);
    EXPECT_NE((*ours)->error.text().find(name), std::string::npos) << (*ours)->error.text();
  }
}
INSTANTIATE_TEST_SUITE_P(tls_handshake, first_words,
                         testing::Values(std::pair{"GET / HTTP/1.1\r\n\r\n", "HTTP"},
                                         std::pair{"HTTP/1.1 400\r\n", "HTTP"},
                                         std::pair{"SSH-2.0-OpenSSH\r\n", "SSH"},
                                         std::pair{"EHLO me\r\n", "SMTP"},
                                         std::pair{"hello", "unknown bytes 0x68 0x65"}));

TEST(tls_handshake, silence_ends_at_the_deadline) {
  loop l;
  auto ends = connect_tcp(l);
  auto soon = l.net.time().now() + std::chrono::milliseconds{100};
  handshake_accept_options options;
  options.until = soon;
  auto result =
      l.run(tls_accept(std::move(ends.accepted), make_context(l, 1), l.net.deadlines(), options));
  EXPECT_EQ(result.error.error, errc::handshake_timeout);
  EXPECT_GE(l.net.time().now(), soon);
}

/// Two TLS sides with a middleman between them, who passes on at most `step` bytes a time.
struct middleman {
  loop l;
  stream_pair left = connect_tcp(l), right = connect_tcp(l);
  std::shared_ptr<std::optional<handshake_result>> client =
      l.start(tls_connect(std::move(left.dialled), make_context(l, 1), l.net.deadlines(), {}));
  std::shared_ptr<std::optional<handshake_result>> server =
      l.start(tls_accept(std::move(right.accepted), make_context(l, 2), l.net.deadlines(), {}));

  static void pass(stream& from, stream& to, std::size_t step) {
    bytes space(step);
    auto got = from.try_read(space);
    byte_view view{byte_view{space}.first(got.count)};
    if (got.count > 0) to.try_write({&view, 1});
  }

  void shake(std::size_t step) {
    for (int i = 0; i < 1'000'000 && !(*client && *server); ++i) {
      pass(*left.accepted, *right.dialled, step);
      pass(*right.dialled, *left.accepted, step);
      l.poll();
    }
    ASSERT_TRUE(*client && *server);
    EXPECT_FALSE((*client)->error) << (*client)->error.text();
    EXPECT_FALSE((*server)->error) << (*server)->error.text();
  }
};

TEST(tls_handshake, one_byte_at_a_time_is_still_a_handshake) {
  middleman m;
  m.shake(1);
}

TEST(tls_handshake, a_cut_stream_is_truncated_not_ended) {
  middleman m;
  m.shake(4096);
  m.right.dialled->shutdown();  // The middleman ends the stream; the client never said so.
  std::array<std::byte, 16> space;
  EXPECT_EQ(m.l.run(read_some(*(*m.server)->stream, space)).error, errc::truncated);
}

TEST(first_bytes, tells_tls_from_other_protocols) {
  EXPECT_TRUE(looks_like_tls(as_byte_view("\x16\x03\x01")));
  EXPECT_FALSE(looks_like_tls(as_byte_view("G")));
  EXPECT_EQ(guess_protocol(as_byte_view("G")), "HTTP");
  EXPECT_EQ(guess_protocol(as_byte_view(std::string_view{"\x00\x01", 2})),
            "unknown bytes 0x00 0x01");
}

}  // namespace
}  // namespace hobnob::test
