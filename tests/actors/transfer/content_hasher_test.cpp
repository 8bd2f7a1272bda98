#include "actors/transfer/content_hasher.hpp"

#include <gtest/gtest.h>
#include <string>

namespace hobnob {
namespace {

std::string hex(const core::content_hash& hash) {
  std::string result;
  for (const auto octet : hash) {
    for (const auto digit : {octet >> 4, octet & 15}) result += "0123456789abcdef"[digit];
  }
  return result;
}

// The values that `xxhsum -H2` prints.
TEST(ContentHasher, IsXxh3Of128BitsInCanonicalOrder) {
  EXPECT_EQ(hex(hash_content({})), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(hex(hash_content(as_byte_view("hobnob"))), "cc0b03563d77e9ebf4c357b325f91aff");
}

TEST(ContentHasher, DoesNotDependOnHowContentIsCut) {
  const std::string text(100'000, 'x');
  content_hasher hasher;
  for (std::size_t done = 0; done < text.size(); done += 12'500)
    hasher.add(as_byte_view(text).subspan(done, 12'500));
  EXPECT_EQ(hasher.value(), hash_content(as_byte_view(text)));
  hasher.reset();
  EXPECT_EQ(hasher.value(), hash_content({}));
}

TEST(ContentHasher, EveryPartOfAnEntryChangesItsManifest) {
  const core::transfer_entry entry{"a/b", core::entry_kind::file, 5, 77};
  const auto hash_of = [](const core::transfer_entry& of) {
    content_hasher hasher;
    add_entry(hasher, of);
    return hasher.value();
  };
  auto path = entry;
  path.path = "a/c";
  auto kind = entry;
  kind.kind = core::entry_kind::folder;
  auto size = entry;
  size.size = 6;
  auto time = entry;
  time.modified_ns = 78;
  for (const auto& other : {path, kind, size, time}) EXPECT_NE(hash_of(other), hash_of(entry));
  EXPECT_EQ(hash_of(entry), hash_of(entry));
}

TEST(ContentHasher, TheRootIsTheHashOfTheBlocksHashes) {
  const auto a = hash_content(as_byte_view("a"));
  const auto b = hash_content(as_byte_view("b"));
  const std::vector<core::content_hash> blocks{a, b};
  content_hasher hasher;
  hasher.add(std::as_bytes(std::span{a}));
  hasher.add(std::as_bytes(std::span{b}));
  EXPECT_EQ(hash_root(blocks), hasher.value());
}

}  // namespace
}  // namespace hobnob
