# Two precompiled headers, one for files about actors and one for files about bytes, each compiled
# once and shared by all targets that name it: libraries, programs and tests.

set(hobnob_asio_definitions BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION)

# hobnob_precompiled_header(<name> HEADERS ... LINK ...)
function(hobnob_precompiled_header name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINK;DEFINITIONS")
  set(source "${PROJECT_BINARY_DIR}/precompiled/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Carries the precompiled header '${name}'.\n")
  add_library(precompiled_${name} OBJECT "${source}")
  target_precompile_headers(precompiled_${name} PRIVATE ${arg_HEADERS})
  target_link_libraries(precompiled_${name} PRIVATE ${arg_LINK})
  target_compile_definitions(precompiled_${name} PRIVATE ${arg_DEFINITIONS})
endfunction()

# hobnob_precompile(<target> <name>): nothing happens when the name is empty.
function(hobnob_precompile target name)
  if(name)
    target_precompile_headers(${target} REUSE_FROM precompiled_${name})
  endif()
endfunction()

hobnob_precompiled_header(asio
  HEADERS
    <algorithm> <array> <chrono> <cstddef> <cstdint> <deque> <functional> <map> <memory>
    <optional> <span> <string> <string_view> <system_error> <utility> <vector>
    <boost/asio/awaitable.hpp>
    <boost/asio/co_spawn.hpp>
    <boost/asio/io_context.hpp>
    <boost/asio/ip/tcp.hpp>
    <boost/asio/post.hpp>
    <boost/asio/read.hpp>
    <boost/asio/steady_timer.hpp>
    <boost/asio/use_awaitable.hpp>
    <boost/asio/write.hpp>
  LINK Boost::headers Threads::Threads
  DEFINITIONS ${hobnob_asio_definitions})

if(HOBNOB_ACTORS)
  hobnob_precompiled_header(caf
    HEADERS
      <algorithm> <array> <chrono> <cstddef> <cstdint> <deque> <functional> <map> <memory>
      <optional> <span> <string> <string_view> <system_error> <utility> <vector>
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
    LINK caf::core)
endif()
