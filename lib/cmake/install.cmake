# Install rules, pkg-config files and the CMake package (segment::segment, segment::media,
# segment::data).
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/segment)

install(TARGETS segment segment_static EXPORT segment-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT segment-targets NAMESPACE segment:: DESTINATION ${package_dir})
set(pkgconfig_files segment)
set(header_exclusion)

if(SEGMENT_MEDIA)
  # Only the shared library is exported to CMake: the static one is found through pkg-config
  # (--static), which knows the codecs.
  set_target_properties(segment_media PROPERTIES EXPORT_NAME media)
  install(TARGETS segment_media EXPORT segment-media-targets
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(TARGETS segment_ffmpeg LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/${SEGMENT_MODULE_DIR})
  install(TARGETS segment_media_static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT segment-media-targets NAMESPACE segment:: DESTINATION ${package_dir})
  list(APPEND pkgconfig_files segment-media)
else()
  list(APPEND header_exclusion PATTERN media.h EXCLUDE)
endif()

if(SEGMENT_DATASETS)
  set_target_properties(segment_data PROPERTIES EXPORT_NAME data)
  install(TARGETS segment_data EXPORT segment-data-targets
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(TARGETS segment_data_static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT segment-data-targets NAMESPACE segment:: DESTINATION ${package_dir})
  list(APPEND pkgconfig_files segment-data)
else()
  list(APPEND header_exclusion PATTERN data.h EXCLUDE PATTERN labels.h EXCLUDE)
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/segment
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h ${header_exclusion})
# Relative, so that `cmake --install --prefix ANYWHERE` gives files that work there.
file(RELATIVE_PATH SEGMENT_PC_TO_PREFIX
     ${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
foreach(name IN LISTS pkgconfig_files)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/${name}.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

configure_package_config_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/segment-config.cmake.in
                              segment-config.cmake INSTALL_DESTINATION ${package_dir})
# 0.x: a new minor version may change the interface.
write_basic_package_version_file(segment-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/segment-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/segment-config-version.cmake
        DESTINATION ${package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
