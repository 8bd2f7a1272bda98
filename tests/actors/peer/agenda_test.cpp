#include "actors/peer/agenda.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

TEST(Agenda, SaysWhichEntryIsTheFirst) {
  agenda later;
  const agenda::time_point start{1h};
  EXPECT_TRUE(later.add(start + 5s, [] {}));
  EXPECT_FALSE(later.add(start + 9s, [] {}));
  EXPECT_TRUE(later.add(start + 1s, [] {}));
  EXPECT_EQ(later.next(), start + 1s);
}

TEST(Agenda, DoesWhatIsDueInOrderAlsoWhatThatAdds) {
  agenda later;
  const agenda::time_point start{1h};
  std::string done;
  later.add(start + 2s, [&] { done += 'b'; });
  later.add(start + 1s, [&] {
    done += 'a';
    later.add(start + 1s, [&] { done += 'A'; });
  });
  later.add(start + 3s, [&] { done += 'c'; });
  later.run(start + 2s);
  EXPECT_EQ(done, "aAb");
  EXPECT_EQ(later.next(), start + 3s);
}

}  // namespace
}  // namespace hobnob
