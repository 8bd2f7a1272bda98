# `cmake --install`: libraries, headers under include/hobnob/, programs, and the package `hobnob`.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

get_property(targets GLOBAL PROPERTY HOBNOB_INSTALLED_TARGETS)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/hobnob")

install(TARGETS ${targets} EXPORT hobnob)
install(EXPORT hobnob NAMESPACE hobnob:: DESTINATION "${package_dir}" FILE hobnobTargets.cmake)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/transport" "${PROJECT_SOURCE_DIR}/actors"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/hobnob"
        FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY "${PROJECT_BINARY_DIR}/generated/transport"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/hobnob"
        FILES_MATCHING PATTERN "*.pb.h")

configure_package_config_file("${PROJECT_SOURCE_DIR}/.cmake/hobnobConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/hobnobConfig.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/hobnobConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/hobnobConfig.cmake"
  "${PROJECT_BINARY_DIR}/hobnobConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/.cmake/FindCAF.cmake"
  DESTINATION "${package_dir}")
