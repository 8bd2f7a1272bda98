#include "transport/tls/tls_engine.hpp"

#include "tests/transport/loop.hpp"
#include "tests/transport/tls/foreign_tls.hpp"

#include <boost/asio/error.hpp>

#include <array>

namespace hobnob::test {
namespace {

namespace asio = boost::asio;

struct tls_engine_test : testing::Test {
  loop l;
  std::shared_ptr<const tls_context> one = make_context(l, 1), two = make_context(l, 2);
  bytes to_client, to_server;

  /// Runs the handshake of two engines until both are done or one fails.
  static void shake(tls_engine& client, tls_engine& server) {
    bytes to_client, to_server;
    bool client_done = false, server_done = false;
    for (int i = 0; i < 10 && !(client_done && server_done); ++i) {
      byte_view in{to_client};
      bytes out;
      if (!client_done) client_done = client.handshake(in, out);
      to_client.clear();
      to_server.insert(to_server.end(), out.begin(), out.end());
      byte_view server_in{to_server};
      if (!server_done) server_done = server.handshake(server_in, to_client);
      to_server.clear();
    }
  }

  /// How `ours` ends against a foreign side made with `options`.
  failure meet(foreign_options options) {
    foreign_tls foreign{options};
    tls_engine ours{*one, options.client ? tls_role::server : tls_role::client, {}};
    bytes to_us, to_them;
    bool done = false;
    for (int i = 0; i < 10 && !done && !ours.error(); ++i) {
      foreign.handshake(to_them, to_us);
      to_them.clear();
      byte_view in{to_us};
      done = ours.handshake(in, to_them);
      to_us.clear();
    }
    EXPECT_TRUE(done || ours.error());
    return ours.error();
  }
};

TEST_F(tls_engine_test, both_sides_learn_whom_they_met) {
  tls_engine client{*one, tls_role::client, two->self().fingerprint()},
      server{*two, tls_role::server, {}};
  shake(client, server);
  EXPECT_FALSE(client.error()) << client.error().text();
  EXPECT_FALSE(server.error()) << server.error().text();
  EXPECT_EQ(client.remote(), two->self().fingerprint());
  EXPECT_EQ(server.remote(), one->self().fingerprint());
  EXPECT_EQ(server.remote_key(), one->self().key());
}

TEST_F(tls_engine_test, plaintext_passes_whatever_the_size_of_its_pieces) {
  tls_engine client{*one, tls_role::client, {}}, server{*two, tls_role::server, {}};
  shake(client, server);
  bytes sent;
  std::vector<byte_view> views;
  std::vector<bytes> pieces;
  for (std::size_t size : {0u, 1u, 100u, 16383u, 16384u, 16385u, 50000u, 7u})
    pieces.emplace_back(size, static_cast<std::byte>(size));
  for (const auto& piece : pieces) {
    views.emplace_back(piece);
    sent.insert(sent.end(), piece.begin(), piece.end());
  }
  bytes cipher, got;
  ASSERT_FALSE(client.write(views, cipher));
  // Full records only, but for the last: 22 bytes each.
  EXPECT_LE(cipher.size(), sent.size() + (sent.size() / tls_engine::record_size + 3) * 22);
  for (std::size_t i = 0; i < cipher.size(); i += 1000) {
    byte_view in{byte_view{cipher}.subspan(i, std::min<std::size_t>(1000, cipher.size() - i))};
    bytes out;
    for (;;) {
      std::array<std::byte, 700> space;
      auto result = server.read(in, space, out);
      got.insert(got.end(), space.begin(),
                 space.begin() + static_cast<std::ptrdiff_t>(result.count));
      if (result.error) {
        ASSERT_EQ(result.error, asio::error::would_block);
        break;
      }
    }
    EXPECT_TRUE(in.empty());
  }
  EXPECT_TRUE(got == sent);
}

TEST_F(tls_engine_test, a_close_notify_is_the_end_and_a_changed_record_an_error) {
  tls_engine client{*one, tls_role::client, {}}, server{*two, tls_role::server, {}};
  shake(client, server);
  bytes cipher, out;
  std::array<std::byte, 16> space;
  client.shutdown(cipher);
  byte_view in{cipher};
  EXPECT_EQ(server.read(in, space, out).error, asio::error::eof);
  cipher.clear();
  byte_view hello = as_byte_view("hello");
  ASSERT_FALSE(server.write({&hello, 1}, cipher));
  cipher.back() ^= std::byte{1};
  in = cipher;
  EXPECT_EQ(client.read(in, space, out).error, errc::tls_failed);
}

TEST_F(tls_engine_test, another_key_than_expected_is_named) {
  auto expected = make_identity(9).fingerprint();
  tls_engine client{*one, tls_role::client, expected}, server{*two, tls_role::server, {}};
  shake(client, server);
  EXPECT_EQ(client.error().error, errc::key_mismatch);
  EXPECT_NE(client.error().detail.find(to_grouped_string(expected)), std::string::npos);
  EXPECT_NE(client.error().detail.find(to_grouped_string(two->self().fingerprint())),
            std::string::npos);
  EXPECT_EQ(client.remote(), two->self().fingerprint());
  EXPECT_EQ(server.error().error, errc::refused_by_peer) << server.error().text();
}

TEST_F(tls_engine_test, accepts_any_tls_1_3_side_with_an_ed25519_certificate) {
  EXPECT_FALSE(meet({.client = true}));
  EXPECT_FALSE(meet({.client = false}));
}

TEST_F(tls_engine_test, refuses_other_certificates_in_words) {
  for (bool client : {true, false}) {
    auto rsa = meet({.client = client, .key = "RSA"});
    EXPECT_EQ(rsa.error, errc::bad_certificate);
    EXPECT_NE(rsa.text().find("RSA"), std::string::npos) << rsa.text();
    EXPECT_EQ(meet({.client = client, .key = "EC"}).error, errc::bad_certificate);
    auto expired = meet({.client = client, .not_after = "20200101000000Z"});
    EXPECT_EQ(expired.error, errc::bad_certificate);
    EXPECT_NE(expired.text().find("expired"), std::string::npos) << expired.text();
    EXPECT_EQ(meet({.client = client, .not_before = "21000101000000Z"}).error,
              errc::bad_certificate);
    EXPECT_EQ(meet({.client = client, .chain = 2}).error, errc::bad_certificate);
  }
  auto none = meet({.key = nullptr});
  EXPECT_EQ(none.error, errc::bad_certificate);
  EXPECT_NE(none.text().find("no certificate"), std::string::npos) << none.text();
  EXPECT_TRUE(meet({.key = "RSA", .chain = 100}).error);  // Larger than the limit of 8 KiB.
}

TEST_F(tls_engine_test, refuses_older_tls_and_other_protocols_in_words) {
  for (bool client : {true, false}) {
    auto old = meet({.client = client, .version_max = TLS1_2_VERSION});
    EXPECT_EQ(old.error, errc::wrong_version) << old.text();
    EXPECT_NE(old.text().find("TLS 1.3"), std::string::npos) << old.text();
  }
  auto http = meet({.client = true, .alpn = "\x08http/1.1"});
  EXPECT_EQ(http.error, errc::wrong_version) << http.text();
  EXPECT_EQ(meet({.client = true, .alpn = ""}).error, errc::wrong_version);
}

TEST_F(tls_engine_test, an_endless_handshake_is_cut) {
  tls_engine server{*one, tls_role::server, {}};
  // A client hello that claims 16 MiB, in full records.
  bytes record(5 + 16384);
  record[0] = std::byte{0x16};
  record[1] = std::byte{3};
  record[2] = std::byte{1};
  record[3] = std::byte{0x40};
  record[5] = std::byte{1};
  record[6] = std::byte{0xff};
  bytes out;
  for (int i = 0; i < 10 && !server.error(); ++i) {
    byte_view in{record};
    EXPECT_FALSE(server.handshake(in, out));
  }
  EXPECT_TRUE(server.error());
}

}  // namespace
}  // namespace hobnob::test
