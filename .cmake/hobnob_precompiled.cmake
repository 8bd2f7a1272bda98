# Precompiled headers, each compiled once and shared by all targets that name it:
#   std   the standard library          std_test   ... and GTest
#   asio  files about bytes             asio_test  ... and GTest
#   caf   files about actors            caf_test   ... and GTest
# A small actor compiles in 3.4 s instead of 7.2, a test in 1.2 s instead of 2.6. With HOBNOB_UNITY there
# are so few files that those with GTest do not pay: tests then share the headers of what they test.

set(hobnob_asio_definitions BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION)

# hobnob_precompiled_header(<name> HEADERS ... LINK ... DEFINITIONS ...)
function(hobnob_precompiled_header name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINK;DEFINITIONS")
  set(target precompiled_${name})
  set(source "${PROJECT_BINARY_DIR}/precompiled/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Carries the precompiled header '${name}'.\n")
  add_library(${target} OBJECT "${source}")
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${arg_LINK})
  target_compile_definitions(${target} PRIVATE ${arg_DEFINITIONS})
  if(HOBNOB_TESTS AND NOT HOBNOB_UNITY AND NOT name MATCHES "_test$")
    hobnob_precompiled_header(${name}_test
      HEADERS ${arg_HEADERS} <gtest/gtest.h>
      LINK ${arg_LINK} GTest::gtest
      DEFINITIONS ${arg_DEFINITIONS})
  endif()
endfunction()

# hobnob_precompile(<target> <name>): nothing happens when the name is empty.
function(hobnob_precompile target name)
  if(HOBNOB_UNITY)
    string(REGEX REPLACE "_test$" "" name "${name}")
  endif()
  if(name)
    target_precompile_headers(${target} REUSE_FROM precompiled_${name})
  endif()
endfunction()

set(standard_headers
  <algorithm> <array> <chrono> <cstddef> <cstdint> <deque> <functional> <map> <memory> <optional>
  <span> <string> <string_view> <system_error> <unordered_map> <utility> <vector>)
set(logging_header "${PROJECT_SOURCE_DIR}/transport/formatting.hpp")

hobnob_precompiled_header(std HEADERS ${standard_headers})

hobnob_precompiled_header(asio
  HEADERS
    ${standard_headers}
    "${logging_header}"
    <boost/asio/any_io_executor.hpp>
    <boost/asio/as_tuple.hpp>
    <boost/asio/awaitable.hpp>
    <boost/asio/co_spawn.hpp>
    <boost/asio/io_context.hpp>
    <boost/asio/ip/tcp.hpp>
    <boost/asio/post.hpp>
    <boost/asio/steady_timer.hpp>
    <boost/asio/use_awaitable.hpp>
    <openssl/ssl.h>
  LINK Boost::headers OpenSSL::SSL spdlog::spdlog Threads::Threads
  DEFINITIONS ${hobnob_asio_definitions})

if(HOBNOB_ACTORS)
  hobnob_precompiled_header(caf
    HEADERS
      ${standard_headers}
      "${logging_header}"
      <caf/actor_system.hpp>
      <caf/actor_system_config.hpp>
      <caf/event_based_actor.hpp>
      <caf/meta/type_name.hpp>
      <caf/result.hpp>
      <caf/scoped_actor.hpp>
      <caf/send.hpp>
      <caf/stateful_actor.hpp>
      <caf/typed_actor.hpp>
      <caf/typed_event_based_actor.hpp>
      <caf/typed_response_promise.hpp>
    LINK caf::core spdlog::spdlog)
endif()
