#pragma once

#include "actors/storage/bounded_writer.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace hobnob {

/// Whether `level` is one of `trace`, `debug`, `info`, `warn`, `error`, `off`.
bool is_log_level(std::string_view level);

/// Sends the log of the whole program (spdlog's default logger) to `writer`: one line a record, in
/// UTC, every text sanitised. Call before threads start.
void log_to(std::shared_ptr<bounded_writer> writer, std::string_view level);

}  // namespace hobnob
