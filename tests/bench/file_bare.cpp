#include "file_ends.hpp"

#include "file_tar.hpp"
#include "load_loop.hpp"

#include "actors/storage/owned_fd.hpp"
#include "actors/transfer/content_hasher.hpp"
#include "transport/spawn_task.hpp"
#include "transport/tls/tls_handshake.hpp"
#include "transport/wire/big_endian.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace hobnob::bench {

namespace {

constexpr std::size_t file_read_size = 256 * 1024;
constexpr std::size_t file_head_size = 16;  ///< Size of what follows, and the size of the path.
constexpr std::size_t job_head_size = 16;   ///< What it is, and the size of the folder's path.

struct file_to_send {
  std::filesystem::path path;
  std::string name;
  std::uint64_t size = 0;
};

std::vector<file_to_send> files_of(const std::filesystem::path& source) {
  if (!is_directory(source)) return {{source, source.filename(), file_size(source)}};
  std::vector<file_to_send> files;
  for (const auto& each : std::filesystem::recursive_directory_iterator{source}) {
    if (each.is_regular_file())
      files.push_back(
          {each.path(), each.path().lexically_relative(source.parent_path()), each.file_size()});
  }
  return files;
}

bool is_tar(bare_content content) {
  return content == bare_content::tar || content == bare_content::tar_synced;
}

/// What stands behind a file that is hashed.
constexpr std::size_t file_hash_size = sizeof(core::content_hash);

bool store(int file, const std::filesystem::path& path) {
  const owned_fd folder{::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return fdatasync(file) == 0 && fsync(folder.get()) == 0;
}

/// How a job's files are received.
struct file_manner {
  std::string folder;
  bool synced = false;
  bool hashed = false;
};

awaitable<bool> is_hash_of(stream& with, const content_hasher& content) {
  core::content_hash told;
  if ((co_await read_all(with, std::as_writable_bytes(std::span{told}))).error) co_return false;
  co_return told == content.value();
}

awaitable<bool> receive_file(stream& with, const file_manner& manner, bytes& buffer) {
  std::array<std::byte, file_head_size> head;
  if ((co_await read_all(with, head)).error) co_return false;
  wire::field_reader in{head.data()};
  auto left = in.number<std::uint64_t>();
  std::string name(in.number<std::uint64_t>(), '\0');
  if (name.empty()) co_return false;
  if ((co_await read_all(with, std::as_writable_bytes(std::span{name}))).error) co_return false;
  owned_fd file;
  const auto path = std::filesystem::path{manner.folder} / name;
  if (!manner.folder.empty()) {
    std::error_code ignored;
    create_directories(path.parent_path(), ignored);
    file = owned_fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644)};
  }
  content_hasher hash;
  while (left > 0) {
    const auto room = std::span{buffer}.first(std::min<std::uint64_t>(left, buffer.size()));
    const auto got = co_await read_some(with, room);
    if (got.error && got.count == 0) co_return false;
    if (manner.hashed) hash.add(room.first(got.count));
    if (file && ::write(file.get(), room.data(), got.count) < 0) co_return false;
    left -= got.count;
  }
  if (manner.hashed) {
    const bool same = co_await is_hash_of(with, hash);
    if (!same) throw std::runtime_error("what came is not what was sent");
  }
  if (file && manner.synced && !store(file.get(), path)) co_return false;
  co_return true;
}

awaitable<bool> receive_files(stream& with, const file_manner& manner, bytes& buffer) {
  // g++ 12 makes nothing of a loop that only awaits its condition.
  bool more = true;
  while (more) more = co_await receive_file(with, manner, buffer);
  co_return true;
}

/// What receives a job, which fails if it answers false.
awaitable<bool> receive_job(stream& with, bare_content content, const std::string& folder,
                            bytes& buffer) {
  const bool synced = content == bare_content::files_synced || content == bare_content::tar_synced;
  if (is_tar(content)) co_return co_await receive_tar(with, folder, synced, buffer);
  const file_manner manner{folder, synced, content == bare_content::files_hashed};
  co_return co_await receive_files(with, manner, buffer);
}

/// For each job: what it is, the folder, the content, an answer.
awaitable<void> receive_jobs(std::shared_ptr<stream> with) {
  bytes buffer(file_read_size);
  for (;;) {
    std::array<std::byte, job_head_size> head;
    if ((co_await read_all(*with, head)).error) co_return;
    wire::field_reader in{head.data()};
    const auto content = static_cast<bare_content>(in.number<std::uint64_t>());
    std::string folder(in.number<std::uint64_t>(), '\0');
    co_await read_all(*with, std::as_writable_bytes(std::span{folder}));
    const bool received = co_await receive_job(*with, content, folder, buffer);
    if (!received) co_return;
    if ((co_await write_all(*with, head)).error) co_return;
  }
}

awaitable<void> serve_stream(network& net, std::shared_ptr<const tls_context> context,
                             std::unique_ptr<stream> from) {
  auto secured = co_await tls_accept(std::move(from), context, net.deadlines(), {});
  if (!secured.error) co_await receive_jobs(std::move(secured.stream));
}

awaitable<void> serve_one(network& net, std::shared_ptr<const tls_context> context,
                          std::unique_ptr<listener> from) {
  auto accepted = co_await from->accept();
  co_await serve_stream(net, context, std::move(accepted.value));
}

awaitable<void> serve_by_relay(network& net, std::shared_ptr<const tls_context> context,
                               endpoint relay) {
  auto dialled = co_await net.dial(relay, {});
  if (!dialled.error) co_await serve_stream(net, context, std::move(dialled.value));
}

endpoint loopback(const std::string& port) {
  return {ip_address::v4({127, 0, 0, 1}), static_cast<std::uint16_t>(std::stoi(port))};
}

class bare_files final : public file_client {
 public:
  bare_files(file_route route, bare_content content) : content_(content) {
    std::vector<std::string> receiver{own_path(), "--role", "bare_files"};
    if (route != file_route::direct) {
      const auto* const role = route == file_route::circuit ? "bare_splice" : "hobnob_splice";
      relay_ =
          std::make_unique<child_process>(std::vector<std::string>{own_path(), "--role", role});
      receiver.insert(receiver.end(), {"--relay", relay_->first_line()});
    }
    child_ = std::make_unique<child_process>(receiver);
    const auto remote = loopback(relay_ ? relay_->first_line() : child_->first_line());
    run([this, remote] { return connect(remote); });
    if (!stream_) throw std::runtime_error("no connection to the bare receiver");
  }

  std::chrono::duration<double> send(const file_job& job) override {
    const auto files = is_tar(content_) ? std::vector<file_to_send>{} : files_of(job.source);
    const auto started = std::chrono::steady_clock::now();
    run([&, this] { return pour(job, files); });
    return std::chrono::steady_clock::now() - started;
  }

  pid_t other_end() const override { return child_->pid(); }
  pid_t relay() const override { return relay_ ? relay_->pid() : 0; }

 private:
  template <class Task>
  void run(Task task) {
    bool done = false;
    boost::asio::co_spawn(loop_.context, task, [&done](std::exception_ptr error) {
      done = true;
      if (error) std::rethrow_exception(error);
    });
    loop_.run_until([&] { return done; });
  }

  awaitable<void> connect(endpoint remote) {
    auto dialled = co_await loop_.net.dial(remote, {});
    if (dialled.error) co_return;
    auto secured =
        co_await tls_connect(std::move(dialled.value), context_, loop_.net.deadlines(), {});
    stream_ = std::move(secured.stream);
  }

  awaitable<void> pour(const file_job& job, const std::vector<file_to_send>& files) {
    const auto folder = job.folder.string();
    bytes buffer(file_read_size);
    std::array<std::byte, job_head_size> head;
    wire::field_writer{head.data()}
        .number(static_cast<std::uint64_t>(content_))
        .number(std::uint64_t{folder.size()});
    co_await write_all(*stream_, head);
    co_await write_all(*stream_, as_byte_view(folder));
    if (is_tar(content_)) {
      co_await pour_tar(*stream_, job.source, buffer);
    } else {
      for (const auto& file : files) co_await pour_file(file, buffer);
      const std::array<std::byte, file_head_size> last{};
      co_await write_all(*stream_, last);
    }
    if ((co_await read_all(*stream_, head)).error)
      throw std::runtime_error("the bare receiver does not answer");
  }

  /// A small file shares a write with its head.
  awaitable<void> pour_file(const file_to_send& file, bytes& buffer) {
    const owned_fd from{::open(file.path.c_str(), O_RDONLY | O_CLOEXEC)};
    wire::field_writer{buffer.data()}.number(file.size).number(std::uint64_t{file.name.size()});
    std::copy(as_byte_view(file.name).begin(), as_byte_view(file.name).end(),
              buffer.begin() + file_head_size);
    auto filled = file_head_size + file.name.size();
    const bool hashed = content_ == bare_content::files_hashed;
    content_hasher hash;
    for (bool more = true; more;) {
      const auto got = ::read(from.get(), buffer.data() + filled, buffer.size() - filled);
      more = got > 0;
      if (more && hashed)
        hash.add(byte_view{buffer}.subspan(filled, static_cast<std::size_t>(got)));
      if (more) filled += static_cast<std::size_t>(got);
      if (filled > 0 && (co_await write_all(*stream_, byte_view{buffer}.first(filled))).error)
        co_return;
      filled = 0;
    }
    const auto value = hash.value();
    if (hashed) co_await write_all(*stream_, std::as_bytes(std::span{value}));
  }

  bare_content content_;
  std::unique_ptr<child_process> relay_, child_;
  load_loop loop_;
  std::shared_ptr<const tls_context> context_ =
      std::make_shared<const tls_context>(identity::from_seed({4}), loop_.net.time());
  std::unique_ptr<stream> stream_;
};

}  // namespace

std::unique_ptr<file_client> bare_file_client(file_route route, bare_content content) {
  return std::make_unique<bare_files>(route, content);
}

int bare_files_main(const bench_options& options) {
  load_loop loop;
  auto context = std::make_shared<const tls_context>(identity::from_seed({3}), loop.net.time());
  if (const auto relay = options.text("--relay", ""); !relay.empty()) {
    spawn_task(loop.net.executor(), [&loop, context, relay] {
      return serve_by_relay(loop.net, context, loopback(relay));
    });
    std::puts("ready");
  } else {
    auto listening = loop.net.listen(loopback("0"), {});
    if (listening.error) return 1;
    std::printf("%u\n", static_cast<unsigned>(listening.value->local_endpoint().port));
    auto from = std::make_shared<std::unique_ptr<listener>>(std::move(listening.value));
    spawn_task(loop.net.executor(),
               [&loop, context, from] { return serve_one(loop.net, context, std::move(*from)); });
  }
  std::fflush(stdout);
  loop.context.run();
  return 0;
}

}  // namespace hobnob::bench
