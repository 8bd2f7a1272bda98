#include "actors/storage/log_sink.hpp"

#include "actors/core/sanitise.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

namespace hobnob {
namespace {

constexpr std::string_view levels[] = {"trace", "debug", "info", "warn", "error", "off"};
constexpr std::size_t line_max = 4096;

class writer_sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit writer_sink(std::shared_ptr<bounded_writer> writer) : writer_(std::move(writer)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& record) override {
    spdlog::memory_buf_t text;
    formatter_->format(record, text);
    std::string_view line{text.data(), text.size()};
    while (line.ends_with('\n')) line.remove_suffix(1);
    writer_->write(core::sanitise_line(line, line_max) + "\n");
  }
  void flush_() override {}

 private:
  std::shared_ptr<bounded_writer> writer_;
};

}  // namespace

bool is_log_level(std::string_view level) {
  return std::find(std::begin(levels), std::end(levels), level) != std::end(levels);
}

void log_to(std::shared_ptr<bounded_writer> writer, std::string_view level) {
  auto logger =
      std::make_shared<spdlog::logger>("hobnob", std::make_shared<writer_sink>(std::move(writer)));
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc));
  logger->set_level(spdlog::level::from_str(std::string{level}));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace hobnob
