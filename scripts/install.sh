#!/usr/bin/env bash
# Make .venv and install the locked dependencies (hashes checked). Usage: install.sh runtime|dev|spark
# Uses uv where it is on the PATH, pip otherwise. A stamp in .venv remembers what is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?runtime, dev or spark}
case $kind in
  runtime) lock=requirements.lock ;;
  dev) lock=requirements-dev.lock ;;
  spark) lock=requirements-spark.lock ;;
  *) echo "install.sh: runtime, dev or spark" >&2; exit 2 ;;
esac
wanted=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat ".venv/$kind" 2>/dev/null)" = "$wanted" ]; then touch ".venv/$kind"; exit 0; fi

find_python() {
  for candidate in python3.11 python3 "$HOME"/.pyenv/versions/3.11*/bin/python3; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      command -v "$candidate"; return
    fi
  done
  echo "Gongmai needs Python 3.11 (Debian 12: apt-get install python3 python3-venv)" >&2
  exit 1
}

apt_install() {  # what only a bare machine lacks
  if [ "$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
  elif command -v sudo >/dev/null; then sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
  else echo "please install: $*" >&2; exit 1; fi
}

echo "Installing the $kind dependencies into .venv ..."
if [ ! -x .venv/bin/python ]; then
  python=$(find_python)
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then apt_install python3-venv; fi
  "$python" -m venv .venv
fi
if command -v uv >/dev/null 2>&1; then
  VIRTUAL_ENV=.venv uv pip install --quiet --require-hashes -r "$lock"
else
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
# The project itself: a path file and a launcher, so that no build backend is fetched.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$PWD/src" > "$site/gongmai.pth"
cat > .venv/bin/gongmai <<LAUNCH
#!$PWD/.venv/bin/python
from gongmai.cli.main import main

main()
LAUNCH
chmod +x .venv/bin/gongmai
.venv/bin/python -m gongmai.manage catalogue
echo "$wanted" > ".venv/$kind"
if [ "$kind" = dev ]; then sha256sum requirements.lock >/dev/null; cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1 > .venv/runtime; fi
