# The few shapes a hobnob target can have.

# hobnob_sources(<variable> <folder>...): the .cpp files directly in these folders, whether or not a
# folder exists. A new file is picked up by the next build.
function(hobnob_sources variable)
  set(patterns ${ARGN})
  list(TRANSFORM patterns APPEND "/*.cpp")
  file(GLOB files CONFIGURE_DEPENDS ${patterns})
  set(${variable} ${files} PARENT_SCOPE)
endfunction()

# hobnob_includes(<target> <PUBLIC|INTERFACE>): `#include "transport/stream.hpp"` works in the tree,
# and the same line works for users of the installed package.
function(hobnob_includes target scope)
  target_include_directories(${target} ${scope}
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
    "$<INSTALL_INTERFACE:include/hobnob>")
  target_compile_features(${target} ${scope} cxx_std_20)
endfunction()

# hobnob_unity(<target> <source>...): with HOBNOB_UNITY, one file that includes up to 24 of the sources
# is compiled in their place: the fewer files, the less of Asio and CAF is compiled again and again.
# Call it for targets of many small files.
# A file whose unnamed namespace has a name that another file of the folder has too cannot take part:
# hobnob_not_in_unity(<source>...) in the folder's CMakeLists.txt has it compiled alone.
function(hobnob_unity target)
  if(HOBNOB_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
  endif()
endfunction()

function(hobnob_not_in_unity)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# hobnob_library(<name> [PCH std|asio|caf] [SOURCES ...] [LINK ...]): an installed static library
# hobnob_<name>, known as hobnob::<name>. Without sources it is an interface library.
function(hobnob_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PCH" "SOURCES;LINK")
  set(target hobnob_${name})
  set(scope PUBLIC)
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    hobnob_precompile(${target} "${arg_PCH}")
    hobnob_unity(${target} ${arg_SOURCES})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(hobnob::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  hobnob_includes(${target} ${scope})
  target_link_libraries(${target} ${scope} ${arg_LINK})
  set_property(GLOBAL APPEND PROPERTY HOBNOB_INSTALLED_TARGETS ${target})
endfunction()

# hobnob_program(<name> PCH caf LINK ...): main.cpp of this folder becomes the program bin/<name>; all other
# files become <name>_lib, which tests link too.
function(hobnob_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PCH" "LINK")
  hobnob_sources(sources "${CMAKE_CURRENT_SOURCE_DIR}")
  set(main "${CMAKE_CURRENT_SOURCE_DIR}/main.cpp")
  list(REMOVE_ITEM sources "${main}")
  if(sources)
    add_library(${name}_lib STATIC ${sources})
    hobnob_includes(${name}_lib PUBLIC)
    hobnob_precompile(${name}_lib "${arg_PCH}")
    hobnob_unity(${name}_lib ${sources})
    target_compile_definitions(${name}_lib PRIVATE HOBNOB_VERSION="${PROJECT_VERSION}")
    target_link_libraries(${name}_lib PUBLIC ${arg_LINK})
    set(arg_LINK ${name}_lib)
  endif()
  if(EXISTS "${main}")
    add_executable(${name} "${main}")
    hobnob_precompile(${name} "${arg_PCH}")
    target_link_libraries(${name} PRIVATE ${arg_LINK})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
    install(TARGETS ${name})
  endif()
endfunction()

# hobnob_gtest(<name> PCH std_test|asio_test|caf_test LABEL <label> [LONG] FOLDERS ... LINK ...): one
# GTest program of the .cpp files directly in these folders; each test is a ctest test. With
# HOBNOB_TEST_SUITES each suite is one (starting a program with sanitizers takes longer than most tests),
# unless the program's tests are LONG and better run side by side.
function(hobnob_gtest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LONG" "PCH;LABEL" "FOLDERS;LINK")
  list(TRANSFORM arg_FOLDERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  hobnob_sources(sources ${arg_FOLDERS})
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  hobnob_precompile(${name} "${arg_PCH}")
  hobnob_unity(${name} ${sources})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gtest GTest::gtest_main)
  # Test code need not be fast, but quick to compile (a quarter less than with -O2).
  target_compile_options(${name} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O1>)
  if(HOBNOB_TEST_SUITES AND NOT arg_LONG)
    set(program "${CMAKE_CURRENT_BINARY_DIR}/${name}")
    set(suites "${CMAKE_CURRENT_BINARY_DIR}/${name}_suites.cmake")
    configure_file("${PROJECT_SOURCE_DIR}/.cmake/hobnob_test_suites.cmake.in" "${suites}" @ONLY)
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${suites}")
  else()
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
      PROPERTIES LABELS "${arg_LABEL}" TIMEOUT 300)
  endif()
endfunction()

# hobnob_python_test(<script> <label>): a ctest test <label>.<name> that runs the unittest script with
# the programs of this build. The script's first lines may hold wishes:
#   # ctest: serial timeout=300 labels=mesh,slow unsanitized
# serial: nothing else runs beside it; unsanitized: left out of the sanitizers' run.
function(hobnob_python_test script label)
  cmake_path(GET script STEM module)
  cmake_path(GET script PARENT_PATH folder)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${script}")
  file(STRINGS "${script}" wishes REGEX "^# ctest:" LIMIT_COUNT 1)
  separate_arguments(wishes UNIX_COMMAND "${wishes}")
  if("unsanitized" IN_LIST wishes AND HOBNOB_SANITIZE)
    return()
  endif()

  set(serial OFF)
  set(timeout 120)
  set(labels "${label}")
  foreach(wish IN LISTS wishes)
    if(wish STREQUAL "serial")
      set(serial ON)
    elseif(wish MATCHES "^timeout=([0-9]+)$")
      set(timeout "${CMAKE_MATCH_1}")
    elseif(wish MATCHES "^labels=(.+)$")
      string(REPLACE "," ";" more "${CMAKE_MATCH_1}")
      list(APPEND labels ${more})
    endif()
  endforeach()
  if(HOBNOB_SANITIZE)
    math(EXPR timeout "${timeout} * 2")
  endif()

  # Scripts mostly wait. Those of the longest limits start first, and the many short tests run beside.
  string(REGEX REPLACE "_test$" "" name "${module}")
  add_test(NAME ${label}.${name}
    COMMAND /usr/bin/python3 -B -m unittest -v ${module}
    WORKING_DIRECTORY "${folder}")
  set_tests_properties(${label}.${name} PROPERTIES
    LABELS "${labels}" TIMEOUT ${timeout} COST ${timeout} RUN_SERIAL ${serial}
    ENVIRONMENT "${hobnob_python_environment}" SKIP_REGULAR_EXPRESSION "SKIPPED: ")
endfunction()
