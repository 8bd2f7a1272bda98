// Time until everybody of N peers is linked to everybody, logins included, beside as many bare
// mutual handshakes: in turn, each in a fresh process with all N peers on one thread (the relay is
// another process). `--peers N` for one size.

#include "measure.hpp"
#include "mesh_ends.hpp"
#include "relay_under_test.hpp"

#include <cstdio>
#include <map>
#include <stdexcept>

using namespace hobnob::bench;

namespace {

struct figures {
  samples seconds;
  samples cpu_us_per_link;
  samples pss_bytes_per_link_end;

  void add(const mesh_result& one) {
    seconds.add(one.seconds);
    cpu_us_per_link.add(one.cpu_us_per_link);
    pss_bytes_per_link_end.add(one.pss_bytes_per_link_end);
  }
};

mesh_result run_hobnob(const std::string& peers) {
  const auto relay = relay_under_test::hobnob();
  const child_process child{{own_path(), "--role", "hobnob_mesh", "--peers", peers, "--relay",
                             "hobnob://" + hobnob::to_string(relay->where())}};
  return mesh_result::from_line(child.first_line());
}

mesh_result run_bare(const std::string& peers) {
  const child_process child{{own_path(), "--role", "bare_mesh", "--peers", peers}};
  return mesh_result::from_line(child.first_line());
}

void measure(std::size_t peers, std::int64_t rounds) {
  std::map<std::string, figures> results;
  for (std::int64_t round = 0; round < rounds; ++round) {
    results["hobnob"].add(run_hobnob(std::to_string(peers)));
    results["bare"].add(run_bare(std::to_string(peers)));
  }
  for (const auto& [system, of] : results) {
    std::vector<json_field> fields{{"bench", "mesh"},
                                   {"system", system},
                                   {"peers", static_cast<std::int64_t>(peers)},
                                   {"links", static_cast<std::int64_t>(links_of(peers))},
                                   {"rounds", rounds}};
    append_spread(fields, "seconds", of.seconds);
    append_spread(fields, "cpu_us_per_link", of.cpu_us_per_link);
    append_spread(fields, "pss_bytes_per_link_end", of.pss_bytes_per_link_end);
    print_result(fields);
  }
}

int run(const bench_options& options) {
  const auto role = options.text("--role", "");
  const auto peers = static_cast<std::size_t>(options.number("--peers", options.smoke() ? 5 : 0));
  if (role == "hobnob_mesh")
    return std::puts(hobnob_mesh(peers, options.text("--relay", "")).to_line().c_str()) < 0;
  if (role == "bare_mesh") return std::puts(bare_mesh(peers).to_line().c_str()) < 0;
  if (peers == 1) throw std::runtime_error("--peers: at least 2");
  const auto rounds = options.smoke() ? 1 : options.number("--rounds", 3);
  if (peers != 0) {
    measure(peers, rounds);
  } else {
    for (const std::size_t each : {10, 50, 100}) measure(each, rounds);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench_main("bench_mesh", argc, argv, run); }
