#!/bin/sh
# Installs Plimsoll from this checkout.
#
#   ./install.sh        build, install to ${PREFIX:-$HOME/.local}/bin/plimsoll, show a first line
#   ./install.sh test   install what the tests need, and run them
#
# Needs git and one of: npm (with node), or Bun. The Bun that package.json pins is used: the one on PATH if it is that
# version, else the one that npm, or any other Bun, installs below node_modules.

set -eu

say() { printf "%s\n" "$@"; }

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

# The version that package.json pins.
pinned_bun() { sed -n 's/^ *"bun": *"\([0-9.]*\)".*/\1/p' package.json; }

# Whether $1 runs and is the pinned Bun.
is_pinned_bun() { [ "$("$1" --version 2>/dev/null)" = "$(pinned_bun)" ]; }

# The pinned Bun, if it is there already: on stdout. The package's install script moves the executable where it likes.
find_bun() {
  for candidate in "$(command -v bun || true)" node_modules/bun/bin/bun.exe node_modules/@oven/bun-*/bin/bun; do
    if [ -n "$candidate" ] && is_pinned_bun "$candidate"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# Bring the pinned Bun below node_modules. Its packages are plain executables: no install script has to run.
fetch_bun() {
  if command -v npm >/dev/null 2>&1; then
    say "Installing Bun $(pinned_bun) with npm …"
    npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  elif command -v bun >/dev/null 2>&1; then
    say "Installing Bun $(pinned_bun) with the Bun on PATH …"
    bun install --frozen-lockfile --ignore-scripts >&2
  else
    fail "neither npm nor bun is on PATH: install Node.js (with npm) or Bun, then run this again"
  fi
}

# Set BUN to the pinned Bun's absolute path, and put it first on PATH.
use_bun() {
  BUN=$(find_bun) || fail "Bun $(pinned_bun) was installed, but does not run here ($(uname -sm))"
  case $BUN in /*) ;; *) BUN=$PWD/$BUN ;; esac
  PATH=$(dirname "$BUN"):$PATH
  export PATH
}

# Find or bring the pinned Bun, and bring node_modules to what the lock file says.
prepare() {
  find_bun >/dev/null || fetch_bun
  use_bun
  "$BUN" install --frozen-lockfile --ignore-scripts >/dev/null ||
    fail "'bun install --frozen-lockfile' failed: see above"
  # The package's command is a placeholder until its install script has run, and package scripts find it first.
  if [ -e node_modules/bun/install.js ] && ! is_pinned_bun node_modules/.bin/bun; then
    (cd node_modules/bun && "$BUN" install.js) || fail "the install script of the 'bun' package failed: see above"
    use_bun
  fi
}

# Put $1 in place as $2 by rename: a line that is being drawn keeps the binary that it has.
put() {
  mkdir -p "$(dirname "$2")" || fail "cannot create $(dirname "$2"): set PREFIX to a directory of yours"
  if ! { cp "$1" "$2.new.$$" && chmod 755 "$2.new.$$" && mv -f "$2.new.$$" "$2"; }; then
    rm -f "$2.new.$$"
    fail "cannot write $2: set PREFIX to a directory of yours"
  fi
}

# What Claude Code would send an hour into a session in this directory.
sample_payload() {
  now=$(date +%s)
  cat <<EOF
{"session_id":"00000000-0000-4000-8000-000000000000","cwd":"$PWD","version":"2.1.330",
"model":{"id":"claude-sonnet-5-5","display_name":"Sonnet 5.5"},"effort":{"level":"medium"},
"workspace":{"current_dir":"$PWD","project_dir":"$PWD","added_dirs":[]},"output_style":{"name":"default"},
"cost":{"total_cost_usd":1.27,"total_duration_ms":3600000,"total_api_duration_ms":840000,"total_lines_added":128,"total_lines_removed":31},
"context_window":{"total_input_tokens":312000,"total_output_tokens":4200,"context_window_size":1000000,"used_percentage":31,"remaining_percentage":69,
"current_usage":{"input_tokens":12,"output_tokens":420,"cache_creation_input_tokens":4200,"cache_read_input_tokens":307788}},
"prompt_cache":{"warm":true,"ttl":"5m","expires_at":$((now + 240)),"hit_ratio":0.94},
"rate_limits":{"five_hour":{"used_percentage":23.5,"resets_at":$((now + 7080))},"seven_day":{"used_percentage":41.2,"resets_at":$((now + 299000))}}}
EOF
}

install_binary() {
  prepare
  "$BUN" build.ts
  target=${PREFIX:-$HOME/.local}/bin/plimsoll
  put dist/plimsoll "$target"
  say "" "$("$target" --version) is installed: $target" "A first line, from a sample payload:" ""
  # Without a place for state nothing is gathered: a made-up session must not enter anybody's books.
  (
    unset HOME XDG_STATE_HOME PLIMSOLL_STATE
    sample_payload | COLUMNS="${COLUMNS:-100}" "$target" display
  )
  # The client hands the command to a shell.
  case $target in *[!A-Za-z0-9/._+-]*) quoted="'$target'" ;; *) quoted=$target ;; esac
  say "" "To see it in Claude Code, put this into ~/.claude/settings.json:" ""
  say "  \"statusLine\": { \"type\": \"command\", \"command\": \"$quoted display\" }" ""
}

run_tests() {
  prepare
  "$BUN" run check
  "$BUN" run test
}

main() {
  cd "$(dirname "$0")"
  case ${1-} in
    "") install_binary ;;
    test) run_tests ;;
    *) fail "unknown argument '$1': './install.sh' installs, './install.sh test' runs the tests" ;;
  esac
}

main "$@"
