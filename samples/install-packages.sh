#!/bin/sh
# Installs what the build needs and the machine lacks, on Debian and Ubuntu.
#   sh samples/install-packages.sh [check] [c++] [lcov]
# `check` adds the unit-test framework, `c++` a C++ compiler (headers are tested from C++ too).
# Nothing is installed, and no rights are needed, where everything is there.
set -eu

missing=
need_command() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need_module() { pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"; }

need_command cc gcc
printf '#include <stdio.h>\n' | cc -E - >/dev/null 2>&1 || missing="$missing libc6-dev"
need_command cmake cmake
need_command ninja ninja-build
need_command pkg-config pkg-config
need_module libpng libpng-dev
need_module libjpeg libjpeg-dev
need_module libdeflate libdeflate-dev
need_module libavformat libavformat-dev
need_module libavcodec libavcodec-dev
need_module libavutil libavutil-dev
need_module libswscale libswscale-dev
need_module jansson libjansson-dev
need_module expat libexpat1-dev
need_module cairo-svg libcairo2-dev
for extra in "$@"; do
    case $extra in
    check) need_module check check ;;
    c++) need_command c++ g++ ;;
    lcov) need_command lcov lcov ;;
    *) echo "install-packages.sh: unknown extra '$extra' (allowed: check, c++, lcov)" >&2; exit 2 ;;
    esac
done
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Please install these (Debian's names), then run this again:$missing" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "Not root and no sudo. Please have these installed:$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "Installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
