#pragma once

#include <string>
#include <vector>

namespace hobnob::test {

/// Time and randomness of the machine: this whole test program, libraries included, gets them
/// through functions that write down who asked, while a `reality_watch` lives. What it does not
/// hear: instructions (`rdrand`, the vDSO) and calls by which the C library asks itself.
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
