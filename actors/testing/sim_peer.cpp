#include "actors/testing/sim_peer.hpp"

#include "actors/spawn.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/identity_file.hpp"
#include "actors/storage/known_keys_file.hpp"
#include "actors/storage/transfer_journal_file.hpp"
#include "actors/testing/sim_background.hpp"
#include "transport/sim/simulation.hpp"

#include <caf/send.hpp>
#include <span>
#include <stdexcept>
#include <utility>

namespace hobnob::testing {
namespace {

identity draw_identity(sim::random_source from) {
  identity::seed secret{};
  from.fill(std::as_writable_bytes(std::span{secret}));
  return identity::from_seed(secret);
}

}  // namespace

sim_peer::sim_peer(program_surroundings around, sim::node& host, const sim::random_source& keys,
                   peer_config config, runner run)
    : program(around, host),
      key_source_(std::make_unique<sim::random_source>(keys)),
      self_(draw_identity(keys)),
      config_(std::move(config)),
      run_(std::move(run)) {}

sim_peer::~sim_peer() = default;

hobnob::peer& sim_peer::living() const {
  if (peer_) return *peer_;
  throw std::logic_error{host() + " does not run: it is " +
                         std::string{to_string(current_state())}};
}

message_id sim_peer::send_text(std::string to, std::string text) {
  const auto id = living().send_text(to, std::move(text));
  write_down(to, {}, id);
  return id;
}

message_id sim_peer::send(std::string to, std::string channel, std::string_view content) {
  const auto id = living().send(to, channel, shared_slice::copy_of(as_byte_view(content)));
  write_down(to, channel, id);
  return id;
}

transfer_id sim_peer::send_files(hobnob::send_files order) {
  living();
  const auto answer = ask_transfers<transfer_started>(std::move(order));
  return answer ? answer->id : transfer_id{};
}

std::vector<core::transfer_record> sim_peer::remembered_transfers() const {
  return journal_ && peer_ ? journal_->load().records : std::vector<core::transfer_record>{};
}

void sim_peer::take_files() {
  files_ = std::make_unique<memory_files>(host_disk());
  files_->arrange(config_.transfers);
}

transfer_id sim_peer::give(const std::string& to, const std::string& name, std::size_t size) {
  return send_files(gift(to, name, size));
}

void sim_peer::start_giving(const std::string& to, const std::string& name, std::size_t size) {
  caf::anon_send(living().transfers(), gift(to, name, size));
}

hobnob::send_files sim_peer::gift(const std::string& to, const std::string& name,
                                  std::size_t size) {
  living();
  if (!files_) throw std::logic_error{host() + " has no files to give: see take_files"};
  hobnob::send_files order;
  order.to = to;
  order.name = name;
  order.source = files_->make(name, size);
  order.sources = {memory_files::source_name(name, size)};
  return order;
}

transfer_info sim_peer::transfer(const transfer_id& id) const {
  const auto found = transfer_book_->latest.find(id);
  return found == transfer_book_->latest.end() ? transfer_info{} : found->second;
}

void sim_peer::write_down(const std::string& to, const std::string& channel, const message_id& id) {
  book_->sent.push_back({around().simulation.now(), book_->life, to, channel, id});
}

user_info sim_peer::row(const std::string& user) {
  if (const auto answer = ask<user_list>(get_users{})) {
    for (const auto& info : answer->users) {
      if (info.user == user) return info;
    }
  }
  return {};
}

std::vector<std::string> sim_peer::inbox() const {
  std::vector<std::string> result;
  for (const auto& entry : book_->texts) result.push_back(entry.event.text);
  return result;
}

message_progress sim_peer::outcome(const message_id& id) const {
  const auto found = book_->outcomes.find(id);
  return found == book_->outcomes.end() ? message_progress{} : found->second;
}

std::vector<std::string> sim_peer::roster() const {
  std::vector<std::string> result;
  for (const auto& [user, event] : book_->roster) result.push_back(user);
  return result;
}

std::vector<std::string> sim_peer::links() const {
  std::vector<std::string> result;
  for (const auto& [user, event] : book_->open_links) result.push_back(user);
  return result;
}

bool sim_peer::is_linked(const std::string& user) const { return book_->open_links.contains(user); }

path_kind sim_peer::path_to(const std::string& user) const {
  const auto found = book_->open_links.find(user);
  return found == book_->open_links.end() ? path_kind::none : found->second.path;
}

std::string sim_peer::load(const std::shared_ptr<disk>& data, network& net) {
  const auto folder = data_directory::open(data_folder, *data);
  if (!folder) return folder.error();
  const auto draw = [this](auto out) {
    key_source_->fill(out);
    return true;
  };
  auto self = load_or_create_identity(folder->file("identity"), *data, draw, self_);
  if (!self) return self.error();
  self_ = *std::move(self);
  keys_.push_back({around().simulation.now(), id()});
  show_key(id());
  auto known = known_keys_file::open(folder->file("known_keys"), data, make_sim_background(net));
  if (!known) return known.error();
  known_ = *std::move(known);
  journal_ = std::make_shared<transfer_journal_file>(folder->file("transfers"), data);
  return {};
}

std::string sim_peer::launch(sim_process& process) {
  auto config = config_;
  if (!config.known) config.known = std::exchange(known_, nullptr);
  if (!config.transfers.journal) config.transfers.journal = journal_;
  if (!config.transfers.make_background) {
    config.transfers.make_background = [&net = process.net()] { return make_sim_background(net); };
  }
  peer_ = std::make_shared<hobnob::peer>(process.system(), process.net(), self_, std::move(config));
  diary_environment environment;
  environment.now = [&simulation = around().simulation] { return simulation.now(); };
  environment.note = [this](std::string_view word, const std::string& text) { note(word, text); };
  peer_->subscribe(spawn(process.system(), keep_diary, book_, environment));
  caf::anon_send(peer_->transfers(),
                 add_transfer_subscriber{spawn(process.system(), keep_transfer_diary,
                                               transfer_book_, std::move(environment))});
  if (at_start_) at_start_(process.system(), *peer_);
  const auto started = peer_->start();
  if (started.error) return started.detail.empty() ? started.error.message() : started.detail;
  return {};
}

void sim_peer::ask_to_quit() { peer_->stop(); }
bool sim_peer::has_quit() { return peer_->wait(std::chrono::milliseconds{0}); }

std::shared_ptr<void> sim_peer::take_leftover() {
  using both = std::pair<std::shared_ptr<hobnob::peer>, std::shared_ptr<core::known_keys>>;
  return std::make_shared<both>(std::exchange(peer_, nullptr), std::exchange(known_, nullptr));
}

}  // namespace hobnob::testing
