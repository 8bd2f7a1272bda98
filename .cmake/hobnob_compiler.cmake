# Language level, warnings, optimisation, sanitizers and ccache: the same for every target, because
# precompiled headers are shared between targets and g++ accepts one only if all flags agree.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# -g1 keeps function names and lines for backtraces; full debug information costs 40 % compile time.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

add_compile_options(-Wall -Wextra -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports copies inside std::string concatenation as overlapping or out of bounds that are not;
  # which of these warnings says so changes with what is inlined around them.
  add_compile_options(-Wshadow=local -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
                      -Wno-stringop-overread)
endif()
if(HOBNOB_UNITY)
  # A type with a member of the unnamed namespace is rightly suspect in a header; here it is in a .cpp
  # file that another file includes.
  add_compile_options(-Wno-subobject-linkage)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Such large files keep what they parse: less garbage collection is 8 % less time for half a GiB.
    add_compile_options(--param=ggc-min-expand=200 --param=ggc-min-heapsize=1048576)
  endif()
endif()
if(HOBNOB_WERROR)
  add_compile_options(-Werror)
endif()

if(HOBNOB_SANITIZE)
  # CAF 0.17 binds a null reference on purpose (init_fun_factory.hpp), and vptr checks double the
  # compile time; everything else of UBSan is on and fatal.
  set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
  add_compile_options(-fsanitize=${HOBNOB_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HOBNOB_SANITIZE})
  if(HOBNOB_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=vptr,null -fno-sanitize-recover=all)
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
      add_compile_options(-fno-sanitize=function)  # clang 14 cannot assemble it in coroutines.
    endif()
  endif()
  if(HOBNOB_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Asio uses fences, which TSan does not model.
  endif()
endif()
if(HOBNOB_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(HOBNOB_CCACHE ccache)
mark_as_advanced(HOBNOB_CCACHE)
if(HOBNOB_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${HOBNOB_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
