#include "tests/sim/plain_sodium.hpp"

#include "actors/peer/envelope.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace hobnob::testing {
namespace {

identity numbered(std::uint8_t number) {
  identity::seed seed{};
  seed.front() = number;
  return identity::from_seed(seed);
}

class PlainSodium : public ::testing::TestWithParam<bool> {
 protected:
  PlainSodium() {
    if (GetParam()) proven_.emplace();
  }

  bytes seal() const {
    return seal_envelope(ann, {bob.fingerprint(), box_key_pair{bob}.public_key(), 7},
                         as_byte_view(std::string_view{"hello"}));
  }

  const identity ann = numbered(1), bob = numbered(2), cara = numbered(3);

 private:
  std::optional<real_sodium> proven_;
};

TEST_P(PlainSodium, AnEnvelopeIsOpenedByWhoItIsForAndNobodyElse) {
  const auto sealed = seal();
  EXPECT_EQ(sealed.size(), 48u + 256u);
  const auto opened = open_envelope(box_key_pair{bob}, bob.fingerprint(), 7, sealed);
  EXPECT_EQ(opened.error, envelope_error::none);
  EXPECT_EQ(opened.sender, ann.fingerprint());
  EXPECT_EQ(as_text(opened.body.view()), "hello");
  EXPECT_EQ(open_envelope(box_key_pair{cara}, cara.fingerprint(), 7, sealed).error,
            envelope_error::undecryptable);
  EXPECT_EQ(open_envelope(box_key_pair{bob}, bob.fingerprint(), 8, sealed).error,
            envelope_error::forged);
}

TEST_P(PlainSodium, AChangedByteIsSeen) {
  const auto sealed = seal();
  for (std::size_t i = 0; i < sealed.size(); i += 5) {
    auto changed = sealed;
    changed[i] ^= std::byte{1};
    EXPECT_NE(open_envelope(box_key_pair{bob}, bob.fingerprint(), 7, changed).error,
              envelope_error::none)
        << i;
  }
}

INSTANTIATE_TEST_SUITE_P(PlainAndReal, PlainSodium, ::testing::Bool());

}  // namespace
}  // namespace hobnob::testing
