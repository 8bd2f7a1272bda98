#include "actors/core/circuit_table.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;

struct CircuitTable : testing::Test {
  static std::array<circuit_table::token, 2> tokens(int number) {
    std::array<circuit_table::token, 2> result{};
    for (auto& each : result) each[5] = static_cast<std::byte>(number);
    result[1][31] = std::byte{1};
    return result;
  }

  circuit_table table{{.total_max = 5, .per_user_max = 3, .pending_per_user_max = 2}};
  const circuit_table::time_point now{1h};
};

TEST_F(CircuitTable, TwoTokensMakeOneCircuit) {
  const auto circuit = table.open("ann", tokens(1), now);
  const auto first = table.join(tokens(1)[1], now);
  EXPECT_EQ(first.circuit, circuit);
  EXPECT_FALSE(first.complete);
  const auto second = table.join(tokens(1)[0], now + 29s);
  EXPECT_EQ(second.circuit, circuit);
  EXPECT_TRUE(second.complete);
  table.ended(circuit);
  EXPECT_EQ(table.size(), 0u);
}

TEST_F(CircuitTable, ATokenIsGoodOnce) {
  table.open("ann", tokens(1), now);
  EXPECT_NE(table.join(tokens(1)[0], now).circuit, 0u);
  EXPECT_EQ(table.join(tokens(1)[0], now).circuit, 0u);
  EXPECT_TRUE(table.join(tokens(1)[1], now).complete);
  EXPECT_EQ(table.join(tokens(1)[1], now).circuit, 0u);
}

TEST_F(CircuitTable, ATokenIsGoodForThirtySecondsAndAGuessForNothing) {
  table.open("ann", tokens(1), now);
  auto guess = tokens(1)[0];
  guess[31] = std::byte{7};
  EXPECT_EQ(table.join(guess, now).circuit, 0u);
  EXPECT_EQ(table.join(tokens(1)[0], now + 30s).circuit, 0u);
  EXPECT_EQ(table.size(), 0u);
}

TEST_F(CircuitTable, AUserHasAShareAndNobodyTakesIt) {
  EXPECT_NE(table.open("ann", tokens(1), now), 0u);
  EXPECT_NE(table.open("ann", tokens(2), now), 0u);
  EXPECT_EQ(table.open("ann", tokens(3), now), 0u) << "two wait to be joined";
  table.join(tokens(1)[0], now);
  table.join(tokens(1)[1], now);
  EXPECT_NE(table.open("ann", tokens(3), now), 0u);
  EXPECT_EQ(table.open("ann", tokens(4), now), 0u);
  const auto bobs = table.open("bob", tokens(4), now);
  EXPECT_NE(bobs, 0u);
  EXPECT_NE(table.open("cat", tokens(5), now), 0u);
  EXPECT_EQ(table.open("dan", tokens(6), now), 0u) << "no more in all";
  table.ended(bobs);
  EXPECT_NE(table.open("dan", tokens(6), now), 0u);
  EXPECT_NE(table.open("ann", tokens(7), now + 31s), 0u) << "those who waited are forgotten";
}

}  // namespace
}  // namespace hobnob::core
