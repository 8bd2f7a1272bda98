#include "actors/core/relay_uri.hpp"

#include <gtest/gtest.h>
#include <string>

namespace hobnob::core {
namespace {

fingerprint some_id() {
  fingerprint id;
  for (std::size_t i = 0; i < id.octets.size(); ++i)
    id.octets[i] = static_cast<std::uint8_t>(i * 7 + 1);
  return id;
}

TEST(RelayUri, ReadsWhatARelayPrints) {
  const relay_uri written{"relay.example.org", 7441, some_id()};
  const auto read = relay_uri::parse(to_string(written));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, written);
}

TEST(RelayUri, ReadsAddressesOfBothFamilies) {
  const auto v4 = relay_uri::parse("hobnob://127.0.0.1:80/");
  ASSERT_TRUE(v4) << v4.error();
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 80);

  const auto v6 = relay_uri::parse("hobnob://[fe80::1%25lo]:99/");
  ASSERT_TRUE(v6) << v6.error();
  EXPECT_EQ(v6->host, "fe80::1%lo");
  EXPECT_EQ(to_string(relay_uri{"::1", 7440, {}}), "hobnob://[::1]:7440/");
}

TEST(RelayUri, AScopeIsWrittenAsItIsRead) {
  const relay_uri written{"fe80::1%25", 7440, {}};  // The interface of number 25.
  EXPECT_EQ(to_string(written), "hobnob://[fe80::1%2525]:7440/");
  const auto read = relay_uri::parse(to_string(written));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, written);
}

TEST(RelayUri, PortSlashIdAndSchemeMayBeLeftOut) {
  for (const char* text :
       {"hobnob://host", "hobnob://host/", "HOBNOB://host:7440", "host", "host:7440/"}) {
    const auto read = relay_uri::parse(text);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(*read, (relay_uri{"host", 7440, {}})) << text;
  }
}

TEST(RelayUri, AnIdMayBeWrittenInGroups) {
  const auto read = relay_uri::parse("hobnob://host/?id=" + to_grouped_string(some_id()));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->id, some_id());
}

TEST(RelayUri, SaysWhatIsWrongAndHowToWriteIt) {
  const struct {
    std::string text;
    const char* problem;
  } cases[] = {
      {"", "host is missing"},
      {"http://host", "must begin with hobnob://"},
      {"hobnob://", "host is missing"},
      {"hobnob://:7440/", "host is missing"},
      {"hobnob://ho st/", "neither a name nor an address"},
      {"hobnob://-h/", "neither a name nor an address"},
      {"hobnob://a..b/", "neither a name nor an address"},
      {"hobnob://::1/", "in [brackets]"},
      {"hobnob://[::1/", "not closed"},
      {"hobnob://[1.2.3.4]/", "no IPv6 address"},
      {"hobnob://[::1]x/", "only :PORT may follow"},
      {"hobnob://host:/", "no number from 1 to 65535"},
      {"hobnob://host:0/", "no number from 1 to 65535"},
      {"hobnob://host:65536/", "no number from 1 to 65535"},
      {"hobnob://host:80x/", "no number from 1 to 65535"},
      {"hobnob://host/path", "has a path"},
      {"hobnob://host/?key=1", "only id=FINGERPRINT"},
      {"hobnob://host/?id=abc", "no fingerprint"},
      {"hobnob://" + std::string(300, 'a'), "neither a name nor an address"},
      {std::string(600, 'a'), "too long"},
  };
  for (const auto& c : cases) {
    const auto read = relay_uri::parse(c.text);
    ASSERT_FALSE(read) << c.text;
    EXPECT_NE(read.error().find(c.problem), std::string::npos) << read.error();
    EXPECT_NE(read.error().find("hobnob://HOST:PORT/?id="), std::string::npos) << read.error();
  }
}

TEST(RelayUri, ErrorsShowHostileTextHarmlessly) {
  const auto read = relay_uri::parse("hobnob://\x1b[2Jevil");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace hobnob::core
