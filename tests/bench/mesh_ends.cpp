#include "mesh_ends.hpp"

#include <cstdio>
#include <stdexcept>

namespace hobnob::bench {

std::string mesh_result::to_line() const {
  char line[100];
  std::snprintf(line, sizeof line, "%.6g %.6g %.6g", seconds, cpu_us_per_link,
                pss_bytes_per_link_end);
  return line;
}

mesh_result mesh_result::from_line(const std::string& line) {
  mesh_result result;
  if (std::sscanf(line.c_str(), "%lg %lg %lg", &result.seconds, &result.cpu_us_per_link,
                  &result.pss_bytes_per_link_end) != 3)
    throw std::runtime_error("not a mesh's result: " + line);
  return result;
}

}  // namespace hobnob::bench
