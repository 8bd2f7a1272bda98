#include "transport/fingerprint.hpp"

#include "transport/tls/identity.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

fingerprint counting() {
  fingerprint result;
  for (std::size_t i = 0; i < result.octets.size(); ++i)
    result.octets[i] = static_cast<std::uint8_t>(i * 7 + 1);
  return result;
}

TEST(fingerprint, is_fifty_two_letters_of_base32) {
  EXPECT_EQ(to_string(fingerprint{}), std::string(52, 'a'));
  auto text = to_string(counting());
  EXPECT_EQ(text.size(), fingerprint::text_size);
  EXPECT_EQ(fingerprint::parse(text), counting());
}

TEST(fingerprint, is_read_grouped_and_in_capitals_too) {
  auto grouped = to_grouped_string(counting());
  EXPECT_EQ(grouped.size(), 52u + 12u);
  EXPECT_EQ(fingerprint::parse(grouped), counting());
  for (auto& letter : grouped) letter = static_cast<char>(std::toupper(letter));
  EXPECT_EQ(fingerprint::parse(grouped), counting());
}

TEST(fingerprint, refuses_everything_else) {
  auto text = to_string(counting());
  EXPECT_FALSE(fingerprint::parse(""));
  EXPECT_FALSE(fingerprint::parse(text.substr(1)));
  EXPECT_FALSE(fingerprint::parse(text + "a"));
  EXPECT_FALSE(fingerprint::parse("-" + text));
  EXPECT_FALSE(fingerprint::parse("0" + text.substr(1)));
  // Bits beyond the 256th must be zero: one fingerprint, one text.
  EXPECT_FALSE(fingerprint::parse(text.substr(0, 51) + "b"));
}

TEST(identity, derives_key_and_fingerprint_from_its_seed) {
  // RFC 8032, 7.1, test 1.
  identity::seed seed{0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
                      0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                      0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
  auto self = identity::from_seed(seed);
  EXPECT_EQ(self.key()[0], 0xd7);
  EXPECT_EQ(self.key()[31], 0x1a);
  EXPECT_EQ(self.fingerprint(), fingerprint_of(self.key()));
  EXPECT_EQ(self.secret_seed(), seed);
}

}  // namespace
}  // namespace hobnob
