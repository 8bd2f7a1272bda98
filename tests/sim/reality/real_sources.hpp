#pragma once

#include <string>
#include <vector>

namespace hobnob::test {

/// Time and randomness of the machine, however a program asks for them: this whole test program
/// gets them through functions that write down who asked, while a `reality_watch` lives. Of the
/// libraries too, but for what they read by instructions of their own (`rdrand`, the vDSO).
class reality_watch {
 public:
  reality_watch();
  ~reality_watch();
  reality_watch(const reality_watch&) = delete;
  reality_watch& operator=(const reality_watch&) = delete;

  struct call {
    std::string name;    ///< Of the function.
    std::string caller;  ///< Addresses and symbols from there outwards.
  };

  /// On this thread.
  const std::vector<call>& calls() const;
};

}  // namespace hobnob::test
