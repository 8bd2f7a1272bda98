#include "relay_under_test.hpp"

#include <cstdlib>
#include <stdexcept>

namespace hobnob::bench {

namespace fs = std::filesystem;

std::unique_ptr<relay_under_test> relay_under_test::hobnob(
    const std::vector<std::string>& settings) {
  std::unique_ptr<relay_under_test> result{new relay_under_test};
  auto folder = (fs::temp_directory_path() / "hobnob-bench-XXXXXX").string();
  if (!mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
  result->folder_ = folder;
  std::vector<std::string> command{program_path("relay_main"),
                                   "--listen",
                                   "127.0.0.1:0",
                                   "--data-dir",
                                   folder,
                                   "--log-level",
                                   "error"};
  command.insert(command.end(), settings.begin(), settings.end());
  result->process_ = std::make_unique<child_process>(command);
  // "relay ready hobnob://127.0.0.1:PORT/?id=..."
  const auto& line = result->process_->first_line();
  const auto begin = line.find("://") + 3;
  const auto where = endpoint::parse(line.substr(begin, line.find('/', begin) - begin));
  if (!where) throw std::runtime_error("relay_main said: " + line);
  result->where_ = *where;
  result->uri_ = line.substr(line.rfind(' ') + 1);
  return result;
}

std::unique_ptr<relay_under_test> relay_under_test::bare() {
  std::unique_ptr<relay_under_test> result{new relay_under_test};
  result->process_ =
      std::make_unique<child_process>(std::vector<std::string>{own_path(), "--role", "bare_relay"});
  result->where_ = {ip_address::v4({127, 0, 0, 1}),
                    static_cast<std::uint16_t>(std::stoi(result->process_->first_line()))};
  return result;
}

relay_under_test::~relay_under_test() {
  process_.reset();
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace hobnob::bench
