#include "actors/signed_record.hpp"

#include "tests/actors/test_identity.hpp"
#include "transport/wire/control.pb.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>

namespace hobnob {
namespace {

directory_record ann_record() {
  directory_record record;
  record.user = "ann";
  record.box_key[31] = 7;
  record.endpoints = {*endpoint::parse("192.0.2.1:7441"), *endpoint::parse("[2001:db8::1]:7441")};
  record.serial = 9;
  record.epoch = 5;
  return record;
}

using test::make_identity;

struct SignedRecord : testing::Test {
  /// Signs a record as its owner would, whatever its form.
  wire::SignedRecord sign(const directory_record& record) const {
    wire::SignedRecord result;
    sign_record(self, record, result);
    return result;
  }
  identity self = make_identity(1);
};

TEST_F(SignedRecord, SaysAfterVerificationWhatWasSigned) {
  const auto checked = verify_record(sign_record(self, ann_record()));
  ASSERT_TRUE(checked.record) << checked.fault;
  EXPECT_EQ(checked.record->user, "ann");
  EXPECT_EQ(checked.record->key, self.key());
  EXPECT_EQ(checked.record->id, self.fingerprint());
  EXPECT_EQ(checked.record->box_key, ann_record().box_key);
  EXPECT_EQ(checked.record->endpoints, ann_record().endpoints);
  EXPECT_EQ(checked.record->serial, 9u);
  EXPECT_EQ(checked.record->epoch, 5u);
}

TEST_F(SignedRecord, AChangedByteIsFound) {
  const auto good = sign(ann_record());
  for (std::size_t i = 0; i < good.record().size(); ++i) {
    auto bad = good;
    (*bad.mutable_record())[i] ^= 1;
    EXPECT_FALSE(verify_record(bad).record) << "byte " << i;
  }
  for (std::size_t i = 0; i < good.signature().size(); ++i) {
    auto bad = good;
    (*bad.mutable_signature())[i] ^= 1;
    EXPECT_EQ(verify_record(bad).fault, "the record's signature is wrong");
  }
}

TEST_F(SignedRecord, WhatWasFoundRightBeforeLetsNothingElsePass) {
  const auto good = sign(ann_record());
  for (int time = 0; time < 3; ++time) EXPECT_TRUE(verify_record(good).record);
  auto later = ann_record();
  ++later.serial;
  auto forged = sign(later);
  const auto own_signature = std::exchange(*forged.mutable_signature(), good.signature());
  for (int time = 0; time < 3; ++time) {
    EXPECT_EQ(verify_record(forged).fault, "the record's signature is wrong");
  }
  forged.set_record(good.record());
  EXPECT_TRUE(verify_record(forged).record);
  forged.set_signature(own_signature);
  EXPECT_FALSE(verify_record(forged).record);
}

TEST_F(SignedRecord, ASignatureOfAnotherKeyIsFound) {
  auto forged = sign(ann_record());
  wire::SignedRecord other;
  sign_record(make_identity(2), ann_record(), other);
  forged.set_signature(other.signature());
  EXPECT_FALSE(verify_record(forged).record);
}

TEST_F(SignedRecord, RefusesNamesAndEndpointsOfWrongForm) {
  auto record = ann_record();
  record.user = "../ann";
  EXPECT_FALSE(verify_record(sign(record)).record);
  record = ann_record();
  record.endpoints.assign(17, record.endpoints.front());
  EXPECT_EQ(verify_record(sign(record)).fault, "the record has more than 16 endpoints");
  record.endpoints = {endpoint{ip_address::v4({127, 0, 0, 1}), 0}};
  EXPECT_EQ(verify_record(sign(record)).fault, "the record has a malformed endpoint");
}

TEST_F(SignedRecord, RefusesWhatIsMissingCutOrTooLarge) {
  const auto whole = sign_record(self, ann_record());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(verify_record(whole.substr(0, size)).record) << size;
  }
  wire::SignedRecord large;
  large.set_record(std::string(record_size_max + 1, 'x'));
  large.set_signature(std::string(64, 'x'));
  EXPECT_EQ(verify_record(large).fault, "the record is too large");
}

}  // namespace
}  // namespace hobnob
