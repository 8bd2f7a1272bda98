#pragma once

#include "actors/core/checked.hpp"
#include "actors/storage/owned_fd.hpp"

#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

namespace hobnob {

/// Where the answer to one control request goes. Any thread; what is sent after the client has left
/// is lost.
class control_reply {
 public:
  virtual ~control_reply() = default;

  /// One event, as the client prints it.
  virtual void send(const boost::json::object& event) = 0;

  /// The last of it: the exit code of the command that asked.
  virtual void finish(int exit_code) = 0;
};

/// What a client asks.
struct control_request {
  boost::json::object words;
  owned_fd attached;  ///< What came with it: of any kind, and mostly nothing.
};

/// A unix socket in the data directory of a running program, by which commands started beside it
/// hand it their job. A request is one line of JSON, and at most one descriptor with it; the answer
/// any number of events and at last `{"event":"exit","code":N}`. Served by a thread of its own;
/// only the user that owns the program may connect.
class control_server {
 public:
  /// Called on the server's thread.
  using request_handler =
      std::function<void(control_request request, std::shared_ptr<control_reply> reply)>;

  /// Listens at `path`; a socket left there by a dead program is replaced (the caller holds the
  /// directory's lock).
  static core::checked<std::unique_ptr<control_server>> listen(const std::filesystem::path& path,
                                                               request_handler handler);

  /// Stops listening, drops clients and removes the socket.
  ~control_server();

  control_server(const control_server&) = delete;
  control_server& operator=(const control_server&) = delete;

 private:
  class answer;
  struct client;
  struct shared_state;

  control_server(std::filesystem::path path, owned_fd listener, request_handler handler);
  void run();
  void accept_client();
  bool serve(client& c, short events);
  bool read_request(client& c);

  std::filesystem::path path_;
  owned_fd listener_;
  request_handler handler_;
  std::shared_ptr<shared_state> state_;
  std::map<std::uint64_t, std::unique_ptr<client>> clients_;
  std::uint64_t next_client_ = 1;
  bool accept_failed_ = false;  // No descriptors are left: it is tried again in a moment.
  std::thread thread_;
};

}  // namespace hobnob
