#include "actors/storage/transfer_journal_file.hpp"

#include "actors/storage/small_file.hpp"
#include "actors/storage/transfer_record_text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace hobnob {
namespace {

/// Far more than anybody runs; what is beyond is not looked at.
constexpr std::size_t journal_records_max = 10'000;

}  // namespace

transfer_journal_file::transfer_journal_file(std::filesystem::path folder,
                                             std::shared_ptr<disk> where)
    : folder_(std::move(folder)), disk_(std::move(where)) {}

std::filesystem::path transfer_journal_file::file_of(const core::transfer_id& id) const {
  return folder_ / transfer_id_text(id);
}

core::transfer_journal::loaded transfer_journal_file::load() {
  auto [error, names] = disk_->list(folder_);
  // Anything else in the folder, as what a crash left of a file being written, is nobody's record.
  std::erase_if(names, [](const std::string& name) {
    core::transfer_id id;
    return !parse_transfer_id(name, id);
  });
  loaded result;
  if (error && error != std::errc::no_such_file_or_directory) {
    result.problems.push_back("cannot read " + folder_.string() + ": " + error.message() +
                              "; transfers from before do not go on");
  }
  std::sort(names.begin(), names.end());
  if (names.size() > journal_records_max) names.resize(journal_records_max);
  for (const auto& name : names) {
    const auto file = folder_ / name;
    const auto found = read_small_file(file, transfer_record_size_max, *disk_);
    auto record = found.error ? core::checked<core::transfer_record>::failure(found.error.message())
                              : parse_transfer_record(found.content);
    if (record && transfer_id_text(record->id) == name) {
      result.records.push_back(*std::move(record));
      continue;
    }
    const auto reason = record ? "it is of another transfer" : record.error();
    result.problems.push_back("a transfer is forgotten: cannot use " + file.string() + ": " +
                              reason);
    auto aside = file;
    aside += ".damaged";
    disk_->rename(file, aside);
  }
  return result;
}

std::error_code transfer_journal_file::save(const core::transfer_record& record) {
  const auto text = transfer_record_text(record);
  if (text.size() > transfer_record_size_max) {
    return std::make_error_code(std::errc::file_too_large);
  }
  const auto file = file_of(record.id);
  auto error = replace_file(file, text, 0600, *disk_);
  if (error != std::errc::no_such_file_or_directory) return error;
  error = make_directories(folder_, 0700, *disk_);
  return error ? error : replace_file(file, text, 0600, *disk_);
}

std::error_code transfer_journal_file::remove(const core::transfer_id& id) {
  const auto error = disk_->remove(file_of(id));
  return error == std::errc::no_such_file_or_directory ? std::error_code{} : error;
}

}  // namespace hobnob
