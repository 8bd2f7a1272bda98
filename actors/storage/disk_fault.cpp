#include "actors/storage/disk_fault.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace hobnob {
namespace {

std::string sentence_of(int error, const std::string& attempt) {
  return "cannot " + attempt + ": " + std::generic_category().message(error);
}

bool is_lack_of_memory(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN;
}

}  // namespace

core::transfer_fault transfer_fault_of(std::string code, std::string detail, bool passing) {
  return {std::move(code), std::move(detail), passing};
}

core::transfer_fault sink_fault(int error, const std::string& attempt) {
  auto sentence = sentence_of(error, attempt);
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return {"disk-full", std::move(sentence), true};
    case EFBIG:
      return {"too-large", std::move(sentence), false};
    case ENAMETOOLONG:
    case EINVAL:
    case EILSEQ:  // A file system that takes some names only.
      return {"bad-path", std::move(sentence), false};
    case ELOOP:
    case EXDEV:
    case ENOTDIR:
    case ENOENT:
      return {"folder-changed", std::move(sentence), false};
    default:
      return {"disk-error", std::move(sentence), is_lack_of_memory(error)};
  }
}

core::transfer_fault source_fault(int error, const std::string& attempt) {
  auto sentence = sentence_of(error, attempt);
  const bool gone = error == ENOENT || error == ELOOP || error == ENOTDIR || error == EXDEV;
  if (gone) return {"source-changed", std::move(sentence), false};
  return {"source-unreadable", std::move(sentence), is_lack_of_memory(error)};
}

}  // namespace hobnob
