#include "actors/core/relay_uri.hpp"

#include "actors/core/sanitise.hpp"
#include "transport/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace hobnob::core {
namespace {

constexpr std::string_view scheme = "hobnob://";
constexpr std::size_t uri_size_max = 512;
constexpr std::size_t host_size_max = 253;  // RFC 1035, 2.3.4

using result = checked<relay_uri>;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_scheme(std::string_view text) {
  return text.size() >= scheme.size() && std::equal(scheme.begin(), scheme.end(), text.begin(),
                                                    [](char a, char b) { return a == lower(b); });
}

bool is_host_name(std::string_view text) {
  const auto allowed = [](char c) {
    c = lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  return !text.empty() && text.size() <= host_size_max && text.front() != '.' &&
         text.front() != '-' && text.find("..") == text.npos &&
         std::all_of(text.begin(), text.end(), allowed);
}

/// RFC 6874 writes the `%` of a scope as `%25`.
std::string without_escaped_scope(std::string_view host) {
  std::string plain{host};
  if (const auto at = plain.find("%25"); at != plain.npos) plain.erase(at + 1, 2);
  return plain;
}

std::string with_escaped_scope(std::string host) {
  if (const auto at = host.find('%'); at != host.npos) host.insert(at + 1, "25");
  return host;
}

/// Reads `HOST`, `HOST:PORT`, `[V6]` or `[V6]:PORT`; what is wrong, or an empty string.
std::string read_authority(std::string_view text, relay_uri& uri) {
  auto rest = std::string_view{};
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return "the bracket around the IPv6 address is not closed";
    uri.host = without_escaped_scope(text.substr(1, end - 1));
    const auto address = ip_address::parse(uri.host);
    if (!address || address->is_v4()) return "what stands in brackets is no IPv6 address";
    rest = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    uri.host = text.substr(0, colon);
    if (colon != text.npos) rest = text.substr(colon);
    if (rest.find(':', 1) != rest.npos) return "an IPv6 address must stand in [brackets]";
    if (uri.host.empty()) return "the host is missing";
    if (!is_host_name(uri.host)) return "the host is neither a name nor an address";
  }
  if (rest.empty()) return {};
  if (rest.front() != ':') return "after the host only :PORT may follow";
  rest.remove_prefix(1);
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), uri.port);
  if (error != std::errc{} || end != rest.data() + rest.size() || uri.port == 0)
    return "the port is no number from 1 to 65535";
  return {};
}

/// Reads what follows the `?`; what is wrong, or an empty string.
std::string read_query(std::string_view query, relay_uri& uri) {
  if (query.empty()) return {};
  if (!query.starts_with("id=")) return "after the ? only id=FINGERPRINT may follow";
  const auto id = fingerprint::parse(query.substr(3));
  if (!id || id->is_null())
    return "the id is no fingerprint (52 letters a-z and digits 2-7, dashes between them allowed)";
  uri.id = *id;
  return {};
}

result failure(std::string_view text, std::string_view problem) {
  return result::failure(
      "'" + sanitise_line(text, 120) + "' is no relay address: " + std::string{problem} +
      ". Write it as the relay printed it: " + "hobnob://HOST:PORT/?id=FINGERPRINT");
}

}  // namespace

checked<relay_uri> relay_uri::parse(std::string_view text) {
  if (text.size() > uri_size_max) return failure(text, "it is too long");
  auto rest = text;
  if (starts_with_scheme(rest)) {
    rest.remove_prefix(scheme.size());
  } else if (rest.find("://") != rest.npos) {
    return failure(text, "it must begin with hobnob://");
  }

  const auto query_at = rest.find('?');
  const auto query = query_at == rest.npos ? std::string_view{} : rest.substr(query_at + 1);
  rest = rest.substr(0, query_at);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('/') != rest.npos) return failure(text, "it has a path, but relays have none");

  relay_uri uri;
  if (const auto problem = read_authority(rest, uri); !problem.empty())
    return failure(text, problem);
  if (const auto problem = read_query(query, uri); !problem.empty()) return failure(text, problem);
  return uri;
}

std::string to_string(const relay_uri& uri) {
  const bool is_v6 = uri.host.find(':') != uri.host.npos;
  auto text = std::string{scheme};
  text += is_v6 ? "[" + with_escaped_scope(uri.host) + "]" : uri.host;
  text += ":" + std::to_string(uri.port) + "/";
  if (!uri.id.is_null()) text += "?id=" + to_string(uri.id);
  return text;
}

}  // namespace hobnob::core
