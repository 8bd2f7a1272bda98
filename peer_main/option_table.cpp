#include "peer_main/option_table.hpp"

#include <boost/program_options.hpp>
#include <string>

namespace hobnob {

namespace po = boost::program_options;

po::options_description peer_option_table() {
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  const auto flag = [] {
    // No token on the command line, lest `--json run` be read as `--json=run`; files say true or
    // false.
    return po::value<std::string>()->implicit_value("true")->zero_tokens();
  };
  const auto list = [](const char* name) {
    return po::value<std::vector<std::string>>()->value_name(name);
  };

  po::options_description table{"Options", 100, 60};
  auto add = table.add_options();
  add("relay", text("URI"), "the relay, as it printed itself: hobnob://HOST:PORT/?id=FINGERPRINT");
  add("user", text("NAME"), "your name at the relay (default: your login name)");
  add("data-dir", text("DIR"),
      "where identity and known keys are kept (default: $XDG_DATA_HOME/hobnob/peer)");
  add("listen", list("ADDR:PORT"),
      "where links from others arrive; may come twice (default: all addresses, the port of last "
      "time)");
  add("direct", text("MODE"),
      "direct links: both, dial, accept or off (off: everything goes through the relay)");
  add("circuits", text("MODE"),
      "links through the relay, unread, where there is no direct one: on (when the other side asks "
      "for one, the default), always or off");
  add("require-direct", flag(), "never send a message through the relay");
  add("accept-files", list("POLICY"),
      "whose files are taken without asking: ask (nobody's, the default), known (users met before "
      "this start), verified, all or none; USER:POLICY for one user; may come several times. More "
      "than 64 GiB or 100,000 files are asked about unless --max-size or --max-files says how much "
      "is taken");
  add("download-dir", text("DIR"),
      "where received files go (default: hobnob in $XDG_DOWNLOAD_DIR or ~/Downloads)");
  add("on-conflict", text("WHAT"),
      "a received file whose name is taken: rename (the default), skip or overwrite");
  add("max-size", list("SIZE"),
      "refuse to receive more than this in one transfer: 500M, 2G; USER:SIZE for one user; may "
      "come several times");
  add("max-files", list("N"),
      "refuse to receive more files and folders than this in one transfer; USER:N for one user; "
      "may come several times");
  add("limit", text("RATE"),
      "bytes a second, as 2M: of all that is sent; given to send or accept: of this transfer");
  add("transfers", text("N"), "how many transfers run at once, the others wait (default: 4)");
  add("name", text("NAME"), "send: offer it under this name (needed for `-`)");
  add("note", text("TEXT"), "send: a line for the receiver");
  add("expires", text("SECONDS"),
      "send: withdraw the offer if nobody has answered it by then (default: 604800, a week)");
  add("to", text("DIR"), "accept: where the files go, instead of the download folder");
  add("wait", text("STATE"), "say: wait until queued, accepted or delivered (default: delivered)");
  add("timeout", text("SECONDS"), "commands: give up after this time (default: 30; send: none)");
  add("accept", flag(), "verify: trust the key that the user has now");
  add("exit-on-eof", flag(), "run: end when standard input ends");
  add("json", flag(), "print events, one JSON object a line (docs/events.md)");
  add("p2p-log", text("FILE"), "write a line for every link and every message's path");
  add("p2p-log-content", flag(), "write the text of messages there too");
  add("log-level", text("LEVEL"), "trace, debug, info, warn, error or off (default: warn)");
  add("config", text("FILE"),
      "settings, `key = value` a line (default: $XDG_CONFIG_HOME/hobnob/peer.conf)");
  add("help,h", "this text");
  add("version", "the version");
  return table;
}

namespace {

constexpr std::size_t any_number = 100'000;

/// `chat`, `run` and `say`: those about files follow.
constexpr std::ptrdiff_t commands_before_files = 3;

std::vector<command_entry> file_commands() {
  return {
      {"send",
       "USER PATH...",
       "send files and folders; `-` sends standard input, under --name",
       2,
       any_number,
       {"name", "note", "expires", "limit", "timeout", "direct", "circuits"},
       "Ends when USER has everything and its content is proven equal. Goes on after anything "
       "that\n"
       "breaks on the way; the same command again goes on with what was begun. What cannot go\n"
       "direct goes through the relay, which cannot read it. USER may be several: ann,bob. Who is\n"
       "not online is waited for, as long as --timeout tells.\n"},
      {"transfers", "", "files on their way, and those of the last days", 0, 0, {"json"}, ""},
      {"accept",
       "ID",
       "take an offered transfer",
       1,
       1,
       {"to", "on-conflict", "limit"},
       "ID is as `transfers` shows it; its first letters are enough.\n"},
      {"reject", "ID", "refuse an offered transfer", 1, 1, {}, ""},
      {"pause", "ID", "hold a transfer", 1, 1, {}, ""},
      {"resume", "ID", "go on with a transfer that is paused", 1, 1, {}, ""},
      {"cancel", "ID", "end a transfer on both sides", 1, 1, {}, ""},
  };
}

std::vector<command_entry> talking_commands() {
  return {
      {"chat",
       "",
       "talk in a console (what is done without a command)",
       0,
       0,
       {"listen", "direct", "circuits", "require-direct", "accept-files", "download-dir", "p2p-log",
        "p2p-log-content"},
       "Write /msg USER TEXT to say something, then plain text goes to the same user; /help shows\n"
       "all commands, the tab key completes commands and names, Ctrl-D or /quit ends it.\n"},
      {"run",
       "",
       "stay online without a console, print what happens, take /commands on input",
       0,
       0,
       {"exit-on-eof", "json", "listen", "direct", "circuits", "require-direct", "accept-files",
        "download-dir", "on-conflict", "max-size", "max-files", "limit", "transfers", "p2p-log",
        "p2p-log-content"},
       "Takes the same lines as the console of chat on standard input: /msg USER TEXT, /who, ...\n"
       "For scripts:  peer_main --json run | jq 'select(.event==\"message\")'\n"},
      {"say",
       "USER TEXT...",
       "send a message; `-` instead of a text reads it from input",
       2,
       any_number,
       {"wait", "timeout", "require-direct", "direct"},
       "Ends when USER has the message, and says by which path it went; exit code 0 means that.\n"
       "A text that begins with a dash stands behind --, as in: peer_main say bob -- -5 degrees\n"},
      {"who",
       "",
       "users online, how messages reach them, and why not directly",
       0,
       0,
       {"timeout", "json"},
       "Links are those of the chat or run that works in the same data directory.\n"},
      {"status", "", "what this peer is doing", 0, 0, {"timeout", "json"}, ""},
      {"ping", "USER", "a round trip to a user on the present path", 1, 1, {"timeout", "json"}, ""},
      {"verify",
       "USER",
       "the safety words to compare with a user; --accept trusts a changed key",
       1,
       1,
       {"accept", "timeout"},
       "Read the words to each other, by telephone for instance: if they are the same on both\n"
       "sides, nobody is in between. Then `verify USER --accept` remembers that.\n"},
      {"id",
       "",
       "your name and fingerprint, to give to others; needs no relay",
       0,
       0,
       {"json"},
       ""},
      {"completion",
       "bash",
       "the completion script for your shell",
       1,
       1,
       {},
       "To have it in every shell, put this into ~/.bashrc:\n"
       "  eval \"$(peer_main completion bash)\"\n"},
  };
}

}  // namespace

const std::vector<command_entry>& peer_commands() {
  static const std::vector<command_entry> commands = [] {
    auto all = talking_commands();
    const auto files = file_commands();
    all.insert(all.begin() + commands_before_files, files.begin(), files.end());
    return all;
  }();
  return commands;
}

}  // namespace hobnob
