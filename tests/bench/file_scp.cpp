#include "file_ends.hpp"
#include "started_program.hpp"

#include "actors/storage/owned_fd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace hobnob::bench {

namespace {

namespace fs = std::filesystem;

constexpr const char* privileges_folder = "/run/sshd";

std::string found_program(const std::string& name) {
  const auto* const path = std::getenv("PATH");
  std::string places = std::string{path ? path : ""} + ":/usr/sbin:/usr/local/sbin:";
  for (std::size_t end = 0; (end = places.find(':')) != std::string::npos;
       places.erase(0, end + 1)) {
    const auto found = fs::path{places.substr(0, end)} / name;
    if (found.is_absolute() && ::access(found.c_str(), X_OK) == 0) return found.string();
  }
  throw std::runtime_error(name + " is not installed");
}

/// An sshd of root does not start without its folder: it gets one in a /run of its own.
bool give_privileges_folder() {
  if (::geteuid() != 0 || fs::exists(privileges_folder)) return true;
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", "/run", "tmpfs", 0, "mode=755") == 0 &&
         ::mkdir(privileges_folder, 0755) == 0;
}

std::string content_of(const fs::path& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

class scp_files final : public file_client {
 public:
  scp_files(fs::path folder, bool synced) : folder_(std::move(folder)), synced_(synced) {
    create_directories(folder_);
    for (const char* key : {"host_key", "user_key"}) make_key(folder_ / key);
    listen();
    std::ofstream{folder_ / "known_hosts"} << "[127.0.0.1]:" << port_ << ' '
                                           << content_of(folder_ / "host_key.pub");
    copy_file(folder_ / "user_key.pub", folder_ / "authorized_keys",
              fs::copy_options::overwrite_existing);
    std::ofstream{folder_ / "sshd_config"} << "HostKey " << (folder_ / "host_key").string()
                                           << "\nAuthorizedKeysFile "
                                           << (folder_ / "authorized_keys").string()
                                           << "\nStrictModes no\nUsePAM no\nPidFile none\n"
                                              "PasswordAuthentication no\nPermitUserRC no\n"
                                              "KbdInteractiveAuthentication no\nUseDNS no\n"
                                              "PermitRootLogin prohibit-password\n"
                                              "LoginGraceTime 20\nSubsystem sftp internal-sftp\n";
    std::ofstream{folder_ / "empty"};
    connecting_ = send({folder_ / "empty", folder_ / "try"});
  }

  std::chrono::duration<double> send(const file_job& job) override {
    const auto log = open_log();
    create_directories(job.folder);
    const auto started = std::chrono::steady_clock::now();
    started_program scp{scp_command(job), {.output = log.get(), .errors = log.get()}};
    auto taken = take_connection();
    started_program sshd{{found_program("sshd"), "-i", "-e", "-f", folder_ / "sshd_config"},
                         {taken.get(), taken.get(), log.get()},
                         give_privileges_folder};
    taken.reset();
    const auto sent = scp.wait();
    const owned_fd target{::open(job.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    const bool stored = !synced_ || ::syncfs(target.get()) == 0;
    const auto took = std::chrono::steady_clock::now() - started;
    const auto received = sshd.wait();
    if (!sent.well || !stored)
      throw std::runtime_error("scp fails: " + last_line(content_of(folder_ / "log")));
    cpu_here_ += sent.cpu;
    cpu_there_ += received.cpu;
    return took;
  }

  pid_t other_end() const override { return 0; }
  std::chrono::duration<double> connecting() const override { return connecting_; }
  std::chrono::nanoseconds cpu_here() const override { return cpu_here_; }
  std::chrono::nanoseconds cpu_there() const override { return cpu_there_; }

 private:
  static void make_key(const fs::path& path) {
    if (exists(path)) return;
    started_program maker{
        {found_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", path}, {}};
    if (!maker.wait().well) throw std::runtime_error("ssh-keygen fails");
  }

  void listen() {
    listening_ = owned_fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* const address = reinterpret_cast<sockaddr*>(&at);
    if (::bind(listening_.get(), address, size) != 0 || ::listen(listening_.get(), 1) != 0 ||
        ::getsockname(listening_.get(), address, &size) != 0)
      throw std::runtime_error("cannot listen for ssh");
    port_ = ntohs(at.sin_port);
  }

  owned_fd take_connection() const {
    constexpr int patience_ms = 20'000;
    pollfd waiting{listening_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) != 1)
      throw std::runtime_error("scp does not connect: " + last_line(content_of(folder_ / "log")));
    return owned_fd{::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  }

  owned_fd open_log() const {
    return owned_fd{::open((folder_ / "log").c_str(),
                           O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)};
  }

  std::vector<std::string> scp_command(const file_job& job) const {
    const auto* const user = ::getpwuid(::geteuid());
    if (user == nullptr) throw std::runtime_error("nobody to log in as");
    return {found_program("scp"), "-q", "-c", "aes128-gcm@openssh.com",
            // Nothing of this user's or this machine's.
            "-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o",
            "IdentityAgent=none", "-o", "GlobalKnownHostsFile=none", "-o",
            "UserKnownHostsFile=" + (folder_ / "known_hosts").string(), "-i", folder_ / "user_key",
            "-P", std::to_string(port_), job.source,
            user->pw_name + std::string{"@127.0.0.1:"} + job.folder.string() + '/'};
  }

  fs::path folder_;
  bool synced_;
  owned_fd listening_;
  unsigned port_ = 0;
  std::chrono::duration<double> connecting_{};
  std::chrono::nanoseconds cpu_here_{}, cpu_there_{};
};

}  // namespace

std::unique_ptr<file_client> scp_file_client(const fs::path& folder, bool synced) {
  return std::make_unique<scp_files>(folder, synced);
}

}  // namespace hobnob::bench
