#include "transport/sim/byte_queue.hpp"

#include <algorithm>

namespace hobnob::sim {

void byte_queue::push(shared_slice piece) {
  if (piece.empty()) return;
  size_ += piece.size();
  pieces_.push_back(std::move(piece));
}

shared_slice byte_queue::view(std::size_t offset, std::size_t count) const {
  if (count == 0) return {};
  auto piece = pieces_.begin() + static_cast<std::ptrdiff_t>(first_);
  for (; offset >= piece->size(); ++piece) offset -= piece->size();
  if (offset + count <= piece->size()) return piece->sub(offset, count);
  bytes joined;
  joined.reserve(count);
  for (; joined.size() < count; ++piece, offset = 0) {
    const auto part = piece->view().subspan(offset);
    const auto size = std::min(part.size(), count - joined.size());
    joined.insert(joined.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return shared_slice::of(std::move(joined));
}

void byte_queue::pop(std::size_t count) {
  size_ -= count;
  while (count > 0) {
    auto& front = pieces_[first_];
    if (count < front.size()) {
      front = front.sub(count);
      break;
    }
    count -= front.size();
    front = {};
    ++first_;
  }
  compact();
}

std::size_t byte_queue::read(std::span<std::byte> to) {
  std::size_t done = 0;
  for (auto at = first_; at < pieces_.size() && done < to.size(); ++at) {
    const auto part = pieces_[at].view();
    const auto size = std::min(part.size(), to.size() - done);
    std::copy_n(part.begin(), size, to.begin() + static_cast<std::ptrdiff_t>(done));
    done += size;
  }
  pop(done);
  return done;
}

void byte_queue::clear() {
  pieces_ = {};
  first_ = size_ = 0;
}

void byte_queue::compact() {
  constexpr std::size_t kept_when_empty = 4;
  if (first_ == pieces_.size()) {
    if (pieces_.capacity() > kept_when_empty) pieces_ = {};
    pieces_.clear();
    first_ = 0;
  } else if (first_ > pieces_.size() / 2) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

}  // namespace hobnob::sim
