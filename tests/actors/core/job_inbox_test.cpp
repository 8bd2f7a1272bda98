#include "actors/core/job_inbox.hpp"

#include <gtest/gtest.h>
#include <deque>
#include <thread>
#include <vector>

namespace hobnob::core {
namespace {

TEST(JobInbox, KeepsTheOrder) {
  job_inbox<int> inbox;
  std::deque<int> jobs{1};
  (void)inbox.push(2);
  (void)inbox.push(3);
  EXPECT_TRUE(inbox.take_all(jobs));
  EXPECT_EQ(jobs, (std::deque<int>{1, 2, 3}));
  EXPECT_FALSE(inbox.take_all(jobs));
  EXPECT_EQ(jobs.size(), 3u);
}

TEST(JobInbox, AsksForOneWakeUpOnly) {
  job_inbox<int> inbox;
  std::deque<int> jobs;
  EXPECT_TRUE(inbox.push(1));
  EXPECT_FALSE(inbox.push(2));
  inbox.take_all(jobs);
  EXPECT_TRUE(inbox.push(3));
}

TEST(JobInbox, LosesNothingAcrossThreads) {
  constexpr int senders = 4;
  constexpr int each = 20'000;
  job_inbox<int> inbox;
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      for (int n = 0; n < each; ++n) (void)inbox.push(sender * each + n);
    });
  }
  std::deque<int> jobs;
  while (jobs.size() < std::size_t{senders} * each) {
    if (!inbox.take_all(jobs)) std::this_thread::yield();
  }
  for (auto& thread : threads) thread.join();

  std::vector<int> last(senders, -1);
  for (const int job : jobs) {
    EXPECT_EQ(job % each, last[job / each] + 1);
    last[job / each] = job % each;
  }
}

}  // namespace
}  // namespace hobnob::core
