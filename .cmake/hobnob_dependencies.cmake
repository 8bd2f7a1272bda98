# Everything hobnob is built on. hobnobConfig.cmake.in looks for the same list on the user's side.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(spdlog REQUIRED)

if(HOBNOB_ACTORS)
  find_package(CAF 0.17.6 REQUIRED)
  find_package(SQLite3 REQUIRED)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
  pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
  pkg_check_modules(libedit REQUIRED IMPORTED_TARGET libedit)
  find_package(Boost 1.81 REQUIRED COMPONENTS program_options)
endif()

if(HOBNOB_TESTS)
  find_package(GTest REQUIRED)
endif()
