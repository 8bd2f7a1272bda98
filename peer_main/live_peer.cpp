#include "peer_main/live_peer.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/spawn.hpp"
#include "actors/storage/control_server.hpp"
#include "actors/storage/input_spool.hpp"
#include "peer_main/console.hpp"
#include "peer_main/job.hpp"
#include "peer_main/peer_host.hpp"
#include "peer_main/send_job.hpp"
#include "peer_main/stream_output.hpp"
#include "peer_main/transfer_settings.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <caf/send.hpp>
#include <utility>

namespace hobnob {
namespace {

int fail(event_output& output, const peer_host::result& fault) {
  output.show(error_event(fault.code, fault.detail));
  return fault.exit_code;
}

/// Beside a command that is done alone nothing is shown but what must not be missed.
class quiet_output final : public event_output {
 public:
  explicit quiet_output(std::shared_ptr<event_output> real) : real_(std::move(real)) {}
  void show(const event_object& event) override {
    if (event.at("event") == "relay-pinned") real_->show(event);
  }
  void show_conversation(const std::string&, path_kind) override {}

 private:
  std::shared_ptr<event_output> real_;
};

/// What is wrong with what came along with a request, for people; empty if nothing is.
std::string attached_fault(const job_request& request, const owned_fd& attached) {
  if (request.name.empty()) return {};
  struct stat status {};
  if (!attached) return "standard input did not come along with it";
  if (::fstat(attached.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return "what came along with it in place of standard input is no file";
  return {};
}

control_server::request_handler hand_over_to(const front_actor& actor,
                                             const peer_options& options) {
  return [actor, options](control_request asked, std::shared_ptr<control_reply> reply) {
    auto request = job_request_from(asked.words);
    auto fault = request ? misdirected(*request, options) : request.error();
    if (fault.empty()) fault = attached_fault(*request, asked.attached);
    if (!fault.empty()) {
      reply->send(error_event("usage", fault));
      return reply->finish(exit_usage);
    }
    std::shared_ptr<input_spool> input;
    if (!request->name.empty()) input = std::make_shared<input_spool>(std::move(asked.attached));
    caf::anon_send(actor, job_handed_over{std::move(*request), std::move(input), std::move(reply)});
  };
}

line_source::callbacks lines_to(const front_actor& actor) {
  return {[actor](std::string line, bool too_long) {
            caf::anon_send(actor, line_read{std::move(line), too_long});
          },
          [actor] { caf::anon_send(actor, input_ended{}); }};
}

struct face {
  std::shared_ptr<event_output> output;
  std::shared_ptr<line_source> lines;
};

/// A console where a person sits at a terminal, else plain lines.
face make_face(const peer_surroundings& all, const std::shared_ptr<event_output>& plain) {
  const bool terminal = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
  if (all.options.command != "chat" || all.options.json || !terminal)
    return {plain, std::make_shared<line_reader>(STDIN_FILENO)};
  auto editor = std::make_shared<console>(all.data.file("history"), all.options.user);
  return {editor, editor};
}

/// The peer of a lone command dials only whom it writes to, and nobody else.
peer_config config_of_lone_peer(const peer_surroundings& all, const job_request& request) {
  peer_config config;
  config.hidden = true;
  const bool sends = request.command == "send";
  const bool needs_one_user = request.command == "say" || request.command == "ping" || sends;
  config.follow_directory = !needs_one_user && request.command != "status";
  config.direct = all.options.direct;
  if (!needs_one_user) config.direct = direct_mode::off;
  if (config.direct == direct_mode::both) config.direct = direct_mode::dial_only;
  config.circuits = sends ? all.options.circuits : circuit_mode::off;
  return config;
}

}  // namespace

int run_live(const peer_surroundings& all) {
  const auto& options = all.options;
  peer_config config;
  config.direct = options.direct;
  config.circuits = options.circuits;
  peer_host host{all, std::move(config)};
  const auto plain = all.streams.make_transfer_output(options.json);
  if (auto fault = host.prepare(); fault.exit_code != 0) return fail(*plain, fault);

  const auto [output, lines] = make_face(all, plain);
  front_config settings;
  settings.output = output;
  settings.line_done = [source = lines] { source->line_done(); };
  settings.ended = [&gate = all.gate](int code) { gate.open(code); };
  settings.end_with_input = options.command == "chat" || options.exit_on_eof;
  const auto actor = host.add_front(std::move(settings));

  auto control = control_server::listen(all.data.file("control"), hand_over_to(actor, options));
  if (!control) return fail(*plain, {exit_unexpected, "unexpected", control.error(), {}});
  const auto started = host.start();
  if (started.exit_code != 0) return fail(*plain, started);
  output->show(ready_event(options.user, all.self.fingerprint(), started.listening,
                           to_string(*options.relay)));
  if (output != plain)
    output->show(help_event("Write /msg USER TEXT to say something, /help for more."));

  all.gate.route_to([actor](const end_program& order) { caf::anon_send(actor, order); });
  host.run();
  lines->start(lines_to(actor));
  const int code = all.gate.wait();
  host.stop();
  return code;
}

namespace {

/// Other commands may be long in coming to an end: they are served meanwhile.
int send_alone(const peer_surroundings& all, job_request request,
               const std::shared_ptr<input_spool>& input,
               const std::shared_ptr<event_output>& output) {
  peer_host host{all, config_of_lone_peer(all, request)};
  if (auto fault = host.prepare(); fault.exit_code != 0) return fail(*output, fault);

  front_config settings;
  settings.output = std::make_shared<quiet_output>(output);
  settings.line_done = [] {};
  settings.ended = [](int) {};  // The job says when it is done.
  const auto actor = host.add_front(std::move(settings));
  auto control = control_server::listen(all.data.file("control"), hand_over_to(actor, all.options));
  if (!control) return fail(*output, {exit_unexpected, "unexpected", control.error(), {}});
  all.gate.route_to([&gate = all.gate, output](const end_program& order) {
    if (!order.code.empty()) output->show(error_event(order.code, order.detail));
    gate.open(order.exit_code);
  });

  send_job_config work;
  work.alone = true;
  work.relay = to_string(*all.options.relay);
  work.transfers = host.user().transfers();
  work.make_source = sources_of(request, input);
  work.request = std::move(request);
  work.emit = [output](const event_object& event) { output->show(event); };
  work.finish = [&gate = all.gate](int code) { gate.open(code); };
  spawn(host.loop().system(), send_job, std::move(work), host.user().handle());

  const auto started = host.start();
  if (started.exit_code != 0) return fail(*output, started);
  host.run();
  const int code = all.gate.wait();
  host.stop();
  return code;
}

}  // namespace

int run_alone(const peer_surroundings& all, job_request request,
              const std::shared_ptr<input_spool>& input,
              const std::shared_ptr<event_output>& output) {
  if (request.command == "send") return send_alone(all, std::move(request), input, output);
  peer_host host{all, config_of_lone_peer(all, request)};
  if (auto fault = host.prepare(); fault.exit_code != 0) return fail(*output, fault);

  front_config settings;
  settings.output = std::make_shared<quiet_output>(output);
  settings.line_done = [] {};
  settings.ended = [](int) {};  // The job says when it is done.
  host.add_front(std::move(settings));
  all.gate.route_to([&gate = all.gate, output](const end_program& order) {
    if (!order.code.empty()) output->show(error_event(order.code, order.detail));
    gate.open(order.exit_code);
  });

  job_config work;
  work.request = std::move(request);
  // Until it is delivered, this program alone holds the message, and it ends: it stays.
  work.request.wait = message_state::delivered;
  work.id = host.user().make_message_id();
  work.alone = true;
  work.relay = to_string(*all.options.relay);
  work.emit = [output](const event_object& event) { output->show(event); };
  work.finish = [&gate = all.gate](int code) { gate.open(code); };
  spawn(host.loop().system(), job, std::move(work), host.user().handle());

  const auto started = host.start();
  if (started.exit_code != 0) return fail(*output, started);
  host.run();
  const int code = all.gate.wait();
  host.stop();
  return code;
}

}  // namespace hobnob
