#!/usr/bin/env bash
# What the tests need from the system: a browser with Chinese fonts, Java for Spark, gettext's xgettext.
set -euo pipefail
missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
[ -n "$(fc-list :lang=zh 2>/dev/null)" ] || missing+=(fonts-noto-cjk)
command -v java >/dev/null 2>&1 || missing+=(openjdk-17-jre-headless)
command -v xgettext >/dev/null 2>&1 || missing+=(gettext)
[ ${#missing[@]} -eq 0 ] && exit 0
echo "Installing system packages for the tests: ${missing[*]}"
run=(env DEBIAN_FRONTEND=noninteractive)
[ "$(id -u)" = 0 ] || run=(sudo env DEBIAN_FRONTEND=noninteractive)
"${run[@]}" apt-get update -qq
"${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
