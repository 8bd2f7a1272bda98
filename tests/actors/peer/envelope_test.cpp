#include "actors/peer/envelope.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

namespace hobnob {
namespace {

identity identity_of(std::uint8_t number) {
  identity::seed seed{};
  seed.fill(number);
  return identity::from_seed(seed);
}

struct Envelope : testing::Test {
  identity ann = identity_of(1);
  identity bob = identity_of(2);
  box_key_pair bobs_keys{bob};
  static constexpr std::uint64_t session = 0x1234;

  envelope_recipient to_bob() const { return {bob.fingerprint(), bobs_keys.public_key(), session}; }

  bytes seal(std::string_view text) const {
    return seal_envelope(ann, to_bob(), as_byte_view(text));
  }

  opened_envelope open(byte_view sealed) const {
    return open_envelope(bobs_keys, bob.fingerprint(), session, sealed);
  }
};

TEST_F(Envelope, TellsTheBodyAndWhoSealedIt) {
  const auto opened = open(seal("hello"));
  EXPECT_EQ(opened.error, envelope_error::none);
  EXPECT_EQ(opened.sender, ann.fingerprint());
  EXPECT_EQ(opened.sender_key, ann.key());
  EXPECT_EQ(as_text(opened.body.view()), "hello");
}

TEST_F(Envelope, CarriesBodiesOfAllSizes) {
  for (const std::size_t size : {0, 1, 158, 159, 160, 255, 256, 4096, 65536}) {
    const std::string text(size, 'x');
    const auto opened = open(seal(text));
    ASSERT_EQ(opened.error, envelope_error::none) << size;
    EXPECT_EQ(as_text(opened.body.view()), text);
  }
}

TEST_F(Envelope, HidesContentAndExactSize) {
  const std::string marked = "a secret that can be recognised";
  const auto sealed = seal(marked);
  EXPECT_EQ(as_text(sealed).find(marked), std::string_view::npos);
  EXPECT_EQ((sealed.size() - 48) % 256, 0u);
  EXPECT_EQ(seal("").size(), seal(std::string(150, 'x')).size());
  EXPECT_NE(seal("hello"), seal("hello"));
}

TEST_F(Envelope, IsForItsRecipientOnly) {
  const auto eve = identity_of(3);
  EXPECT_EQ(open_envelope(box_key_pair{eve}, eve.fingerprint(), session, seal("hello")).error,
            envelope_error::undecryptable);
}

TEST_F(Envelope, CannotBePassedOnAsIfItWereForSomebodyElse) {
  // Bob seals what Ann signed for another recipient to himself: the signature names whom it was
  // for.
  auto other = to_bob();
  other.id = identity_of(3).fingerprint();
  EXPECT_EQ(open(seal_envelope(ann, other, as_byte_view("hello"))).error, envelope_error::forged);
}

TEST_F(Envelope, IsVoidInAnotherSession) {
  EXPECT_EQ(open_envelope(bobs_keys, bob.fingerprint(), session + 1, seal("hello")).error,
            envelope_error::forged);
}

TEST_F(Envelope, IsRejectedWithAnyByteChangedOrMissing) {
  const auto sealed = seal("hello");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= std::byte{1};
    EXPECT_NE(open(changed).error, envelope_error::none) << i;
    EXPECT_NE(open(byte_view{sealed.data(), i}).error, envelope_error::none) << i;
  }
}

TEST_F(Envelope, IsNotMadeForAKeyThatHidesNothing) {
  auto to = to_bob();
  to.box_key = {};
  EXPECT_TRUE(seal_envelope(ann, to, as_byte_view("hello")).empty());
}

TEST_F(Envelope, BoxKeysFollowFromTheIdentityAndAreKeysOfTheirOwn) {
  EXPECT_EQ(box_key_pair{bob}.public_key(), bobs_keys.public_key());
  EXPECT_NE(box_key_pair{ann}.public_key(), bobs_keys.public_key());
  EXPECT_NE(bobs_keys.public_key(), bob.key());
}

}  // namespace
}  // namespace hobnob
