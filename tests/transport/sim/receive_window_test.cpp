#include "transport/sim/receive_window.hpp"

#include <gtest/gtest.h>

namespace hobnob::sim {
namespace {

shared_slice piece(std::string_view text) { return shared_slice::copy_of(as_byte_view(text)); }

std::string read_all(receive_window& window) {
  bytes space(100);
  space.resize(window.read(space));
  return std::string{as_text(space)};
}

TEST(receive_window, puts_early_and_doubled_pieces_in_order) {
  receive_window window{100};
  EXPECT_FALSE(window.take(3, piece("defg"), false).advanced);
  EXPECT_TRUE(window.has_gap());
  EXPECT_FALSE(window.take(9, piece("j"), true).advanced);
  EXPECT_TRUE(window.take(0, piece("abcde"), false).advanced);
  EXPECT_EQ(window.next(), 7u);
  EXPECT_FALSE(window.take(2, piece("cdef"), false).advanced);
  EXPECT_FALSE(window.ended());
  EXPECT_TRUE(window.take(5, piece("fghij"), false).advanced);
  EXPECT_TRUE(window.ended());
  EXPECT_FALSE(window.has_gap());
  EXPECT_EQ(window.next(), 11u);
  EXPECT_EQ(read_all(window), "abcdefghij");
}

TEST(receive_window, takes_no_more_than_it_has_room_for) {
  receive_window window{4};
  EXPECT_TRUE(window.take(0, piece("abcdef"), true).advanced);
  EXPECT_EQ(window.space(), 0u);
  EXPECT_FALSE(window.ended());
  EXPECT_FALSE(window.take(4, piece("ef"), true).advanced);
  EXPECT_EQ(read_all(window), "abcd");
  EXPECT_TRUE(window.take(4, piece("ef"), true).advanced);
  EXPECT_TRUE(window.ended());
  EXPECT_EQ(read_all(window), "ef");
}

}  // namespace
}  // namespace hobnob::sim
