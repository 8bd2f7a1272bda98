#pragma once

#include "actors/core/transfer_journal.hpp"
#include "actors/storage/disk.hpp"

#include <filesystem>
#include <memory>
#include <system_error>

namespace hobnob {

/// Remembers transfers in a folder, one file each, named by the id: `DATA/transfers/<id>`. A crash
/// leaves the old record or the new one. A file that cannot be read is a problem in words, and is
/// moved aside, to `<id>.damaged`: its transfer is forgotten.
class transfer_journal_file final : public core::transfer_journal {
 public:
  /// The folder is made when there is something to remember.
  explicit transfer_journal_file(std::filesystem::path folder,
                                 std::shared_ptr<disk> where = machine_disk());

  loaded load() override;
  std::error_code save(const core::transfer_record& record) override;
  std::error_code remove(const core::transfer_id& id) override;

 private:
  std::filesystem::path file_of(const core::transfer_id& id) const;

  std::filesystem::path folder_;
  std::shared_ptr<disk> disk_;
};

}  // namespace hobnob
