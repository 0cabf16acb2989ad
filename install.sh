#!/bin/sh
# Installs Plimsoll to ~/.local or another prefix; see 'install.sh --help'.
#
# In a checkout it builds the files; elsewhere, or for a given version, it downloads a release.
#
# Guarantees:
# - Nothing is changed before the new program is complete, has the release's checksum, and has run here. It is staged in a
#   hidden directory below the prefix, which is removed on every exit; the next run removes what a killed one left.
# - Files are put into place by rename, the program last: a render always finds a program.
# - A file is overwritten or removed only if it has the checksum recorded at its installation, or the user agrees. A
#   directory is removed only if it is recorded as created by an installer, and empty.
# - Installers with the same prefix take turns; each one finds what a killed one created.
# - All functions precede the one call on the last line: a truncated script does nothing.

# Make zsh behave as sh.
[ -z "${ZSH_VERSION-}" ] || emulate sh
set -eu

# The releases: RELEASES_URL/latest/download/FILE. Set by the build of a release.
RELEASES_URL=

# The files of a release below its folder, and of an installation below its prefix. The program is last.
PROGRAM=bin/plimsoll
FILES="
share/man/man1/plimsoll.1
share/bash-completion/completions/plimsoll
share/zsh/site-functions/_plimsoll
share/fish/vendor_completions.d/plimsoll.fish
share/doc/plimsoll/LICENSE
share/doc/plimsoll/README.md
share/doc/plimsoll/CHANGELOG.md
share/doc/plimsoll/config.schema.json
share/doc/plimsoll/manual.md
$PROGRAM
"
# Records of an installation: the directories created, and the checksums of the files. 0.1.0 recorded directories only.
RECORDS=share/doc/plimsoll
DIRECTORIES=$RECORDS/directories
CHECKSUMS=$RECORDS/checksums
# Marks a directory as created by an installer until it is recorded.
MARKER=.plimsoll-created
# The lock of a prefix: a symbolic link to HOST.PID of its holder.
LOCK=.plimsoll-install.lock

usage() {
  say "Usage: install.sh [--prefix DIR] [--version V] [--replace]" \
    "       install.sh --uninstall [--prefix DIR] [--keep-settings]" \
    "       ./install.sh test" \
    "" \
    "Installs Plimsoll, the status line for Claude Code: program, manual and shell completions. In a checkout it builds" \
    "them, with git and npm or Bun; otherwise it downloads a release, with curl or wget." \
    "" \
    "  --prefix DIR     install to DIR/bin and DIR/share; default: \$PREFIX, else ~/.local" \
    "  --version V      download this version instead of the newest" \
    "  --replace        replace existing files that install.sh did not install; default: ask in a terminal, else fail" \
    "  --uninstall      remove the status line from Claude Code's settings, and the installed files" \
    "  --keep-settings  with --uninstall: do not change the settings" \
    "  --help           show this help" \
    "  test             in a checkout: install the dependencies, and run the tests" \
    "" \
    "PLIMSOLL_BASE_URL  the URL of one release's files: https:, file:, or http: on this machine" \
    "PLIMSOLL_TIMEOUT   cancel a download that stalls for this many seconds; default: 30" \
    "" \
    "Exit codes: 0 done; 1 failed, the previous installation is intact; 2 invalid command line or URL; 129, 130, 141, 143" \
    "interrupted by HUP, INT, PIPE, TERM: before files are put into place, nothing is changed."
}

say() { printf "%s\n" "$@"; }

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

misuse() {
  printf 'install.sh: %s\n' "$*" "see 'install.sh --help'" >&2
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# Whether two paths are the same file. In all supported shells, and in POSIX since 2024.
# shellcheck disable=SC3013
is_same() { [ "$1" -ef "$2" ]; }

# Quote $1 for a shell.
quoted() {
  case $1 in
    *[!A-Za-z0-9/._+-]*) printf "'%s'\n" "$(say "$1" | sed "s/'/'\\\\''/g")" ;;
    *) say "$1" ;;
  esac
}

# ---- Building from a checkout ----

# Set CHECKOUT to this script's directory if that is a checkout of Plimsoll, else to ''.
find_checkout() {
  CHECKOUT=
  case $0 in
    */install.sh | install.sh) ;;
    *) return 0 ;; # the shell's name: the script is read from stdin
  esac
  candidate=$(cd "$(dirname "$0")" && pwd)
  if [ -f "$candidate/build.ts" ] && grep -q '"name": *"plimsoll"' "$candidate/package.json" 2>/dev/null; then
    CHECKOUT=$candidate
  fi
}

# Print the version pinned in package.json.
pinned_bun() { sed -n 's/^ *"bun": *"\([0-9.]*\)".*/\1/p' package.json; }

# Whether $1 runs and is the pinned Bun.
is_pinned_bun() { [ "$("$1" --version 2>/dev/null)" = "$(pinned_bun)" ]; }

# Print the path of an installed pinned Bun. The package's install script may move the executable.
find_bun() {
  for candidate in "$(command -v bun || true)" node_modules/bun/bin/bun.exe node_modules/@oven/bun-*/bin/bun; do
    if [ -n "$candidate" ] && is_pinned_bun "$candidate"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# Install the pinned Bun to node_modules. Its packages are plain executables: no install scripts are required.
fetch_bun() {
  if command -v npm >/dev/null 2>&1; then
    say "Installing Bun $(pinned_bun) with npm …"
    npm install --no-package-lock --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2
  elif command -v bun >/dev/null 2>&1; then
    say "Installing Bun $(pinned_bun) with the Bun on PATH …"
    bun install --frozen-lockfile --ignore-scripts >&2
  else
    fail "neither npm nor bun is on PATH: install Node.js (with npm) or Bun, then retry"
  fi
}

# Set BUN to the pinned Bun's absolute path, and prepend it to PATH.
use_bun() {
  BUN=$(find_bun) || fail "Bun $(pinned_bun) was installed, but does not run here ($(uname -sm))"
  case $BUN in /*) ;; *) BUN=$PWD/$BUN ;; esac
  PATH=$(dirname "$BUN"):$PATH
  export PATH
}

# Find or install the pinned Bun, and install the locked packages.
prepare() {
  find_bun >/dev/null || fetch_bun
  use_bun
  "$BUN" install --frozen-lockfile --ignore-scripts >/dev/null ||
    fail "'bun install --frozen-lockfile' failed: see above"
  # Package scripts find the package's command first, which is a placeholder until its install script has run.
  if [ -e node_modules/bun/install.js ] && ! is_pinned_bun node_modules/.bin/bun; then
    (cd node_modules/bun && "$BUN" install.js) || fail "the install script of the 'bun' package failed: see above"
    use_bun
  fi
}

run_tests() {
  prepare
  "$BUN" run check
  "$BUN" run test
}

# Copy the build to $STAGE/tree, in the layout of a release.
stage_build() {
  { mkdir -p "$STAGE/tree/bin" && cp dist/plimsoll "$STAGE/tree/$PROGRAM"; } || cannot_write "$STAGE"
  [ ! -d dist/share ] || cp -R dist/share "$STAGE/tree/share" || cannot_write "$STAGE"
}

# ---- Target ----

# Set TARGET to the release for this machine.
find_target() {
  machine=$(uname -m)
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin)
      os=darwin
      # Under Rosetta uname reports an Intel processor.
      [ "$(PATH=$PATH:/usr/sbin sysctl -n sysctl.proc_translated 2>/dev/null)" != 1 ] || machine=arm64
      ;;
    *) fail "unsupported system $(uname -s): Plimsoll runs on Linux (including WSL) and macOS" ;;
  esac
  case $machine in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "unsupported processor $machine: Plimsoll runs on x86_64 and arm64" ;;
  esac
  # A 32-bit system on a 64-bit kernel, such as Raspberry Pi OS.
  [ "$(getconf LONG_BIT 2>/dev/null)" != 32 ] ||
    fail "unsupported 32-bit system; the processor ($machine) can run a 64-bit one"
  TARGET=$os-$arch
  if [ "$os" = linux ] && uses_musl; then TARGET=$TARGET-musl; fi
}

# Whether the system's C library is musl. Both may be installed: ldd belongs to the system's.
uses_musl() {
  case $(ldd --version 2>&1) in
    *musl*) return 0 ;;
    *GLIBC* | *"GNU libc"*) return 1 ;;
  esac
  for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do
    [ ! -e "$loader" ] || return 1
  done
  for loader in /lib/ld-musl-*.so.1; do
    [ ! -e "$loader" ] || return 0
  done
  return 1
}

# ---- Downloading ----

# Fail unless tools to download, verify and unpack are available.
check_tools() {
  case $BASE in
    file:*) ;;
    *) has curl || has wget || fail "neither curl nor wget is on PATH: install one, then retry" ;;
  esac
  has sha256sum || has shasum || has openssl ||
    fail "cannot verify downloads: install sha256sum, shasum or openssl, then retry"
  has tar || fail "tar is not on PATH: install it, then retry"
}

# Set BASE to the URL of the release's files.
find_release() {
  if [ -n "${PLIMSOLL_BASE_URL-}" ]; then
    BASE=${PLIMSOLL_BASE_URL%/}
  elif [ -z "$RELEASES_URL" ]; then
    fail "this script has no URL of the releases: set PLIMSOLL_BASE_URL to that of one, or build Plimsoll with the" \
      "install.sh of a checkout"
  elif [ -n "$VERSION" ]; then
    BASE=$RELEASES_URL/download/v$VERSION
  else
    BASE=$RELEASES_URL/latest/download
  fi
  case $BASE in
    https://* | file:/*) ;;
    http://*)
      is_loopback "$BASE" ||
        misuse "$BASE: without https the program could be modified in transit; http: is accepted for this machine only"
      ;;
    *) misuse "$BASE: invalid URL of a release: expected https:// or file:/" ;;
  esac
}

# Whether the http URL $1 leads to this machine.
is_loopback() {
  host=${1#http://}
  host=${host%%[/?#]*}
  case $host in
    *@*) return 1 ;;
    "[::1]" | "[::1]":*) return 0 ;;
  esac
  host=${host%%:*}
  case $host in
    localhost) return 0 ;;
    127.*[!0-9.]*) return 1 ;;
    127.*) return 0 ;;
    *) return 1 ;;
  esac
}

# Download the release's file $1 to $STAGE.
fetch() {
  case $BASE in
    file:///*) attempt "$STAGE/$1" cp "${BASE#file://}/$1" "$STAGE/$1" ;;
    file:*) attempt "$STAGE/$1" cp "${BASE#file:}/$1" "$STAGE/$1" ;;
    *)
      if has curl; then
        # Refuse redirects from https to http.
        case $BASE in https:*) protocols="=https" ;; *) protocols="=https,http" ;; esac
        attempt "$STAGE/$1" curl --fail --silent --show-error --location --globoff --proto "$protocols" \
          --output "$STAGE/$1" "$BASE/$1"
      else
        attempt "$STAGE/$1" wget -nv -t 1 -O "$STAGE/$1" "$BASE/$1"
      fi
      ;;
  esac || {
    [ "$STATUS" != 143 ] || fail "cannot download $BASE/$1: no data for $TIMEOUT seconds"
    fail_with_log "cannot download $BASE/$1"
  }
  # BusyBox wget may be built without certificate validation.
  ! grep -q 'certificate validation not implemented' "$STAGE/log" ||
    fail "this wget does not validate certificates, so $1 cannot be trusted: install curl, then retry"
  # Wget follows redirects from https to http, and logs them.
  case $BASE in
    https:*) ! grep -q 'URL:http:' "$STAGE/log" || fail "cannot download $BASE/$1: it is redirected from https: to http:" ;;
  esac
}

# Run the command after $1 with its output in $STAGE/out and $STAGE/log, and its status also in STATUS. A signal to this
# script ends it. If $1 names a file, the command is killed when that has not grown for $TIMEOUT seconds.
attempt() {
  growing=$1
  shift
  LC_ALL=C "$@" </dev/null >"$STAGE/out" 2>"$STAGE/log" &
  CHILD=$!
  if [ -n "$growing" ]; then
    end_when_stalled "$growing" "$CHILD" >/dev/null 2>&1 &
    WATCHER=$!
  fi
  STATUS=0
  wait "$CHILD" 2>/dev/null || STATUS=$?
  CHILD=
  end_watcher
  return "$STATUS"
}

# End process $2 when file $1 has not grown for $TIMEOUT seconds, or when this script has ended.
end_when_stalled() {
  nap=
  trap 'kill "$nap"; exit' TERM
  idle=0
  size=
  while kill -0 "$2"; do
    sleep 1 &
    nap=$!
    wait "$nap"
    before=$size
    size=$(wc -c <"$1" || say none)
    if [ "$size" = "$before" ]; then idle=$((idle + 1)); else idle=0; fi
    if [ "$idle" -ge "$TIMEOUT" ] || ! kill -0 $$; then
      kill "$2"
      return
    fi
  done
}

end_watcher() {
  [ -n "$WATCHER" ] || return 0
  kill "$WATCHER" 2>/dev/null || :
  wait "$WATCHER" 2>/dev/null || :
  WATCHER=
}

# Print the log of the last attempt, as plain text because it is untrusted, and fail with message $*.
fail_with_log() {
  fail_if_full
  tr '\r' '\n' <"$STAGE/log" | plain | grep . | tail -n 8 >&2
  fail "$@"
}

# Fail because $1 cannot be written; the command has printed the reason.
cannot_write() {
  fail_if_full
  fail "cannot write to $1: choose a directory you own with --prefix"
}

# Fail if the prefix's file system is full, which tools report in many ways or not at all.
fail_if_full() {
  free=$(df -Pk "$PREFIX" 2>/dev/null | sed -n 's/.* \([0-9][0-9]*\)  *[0-9]*% .*/\1/p')
  [ "${free:-1024}" -ge 1024 ] ||
    fail "no space left in $PREFIX ($free kB): free some, or choose another directory with --prefix"
}

# Filter stdin to printable ASCII.
plain() { LC_ALL=C tr -cd '\n -~'; }

# ---- Verifying ----

# Print the release's checksum of its file $1.
stated_checksum() {
  stated=
  while read -r sum name || [ -n "$sum" ]; do
    [ "${name#\*}" = "$1" ] || continue
    [ -z "$stated" ] || fail "duplicate entry $1 in SHA256SUMS of $BASE: the release is invalid"
    stated=$sum
  done <"$STAGE/SHA256SUMS"
  [ -n "$stated" ] || fail "no entry $1 in SHA256SUMS of $BASE: the release has no program for this machine"
  say "$stated" | tr A-F a-f
}

# Print the checksum of file $1.
checksum() {
  if has sha256sum; then
    sum=$(sha256sum <"$1")
  elif has shasum; then
    sum=$(shasum -a 256 <"$1")
  elif has openssl; then
    sum=$(openssl dgst -sha256 <"$1")
    sum=${sum##* }
  else
    # Sufficient to recognise an installed file; downloads require one of the above.
    sum=$(cksum <"$1")
    sum="${sum%% *}:${sum#* }"
  fi
  say "${sum%% *}"
}

# Fail unless all members of the archive $1 are plain files and directories below the folder $2.
check_members() {
  attempt "" tar -tzf "$1" || fail_with_log "cannot read ${1##*/}: it is not an archive"
  while IFS= read -r member; do
    case $member/ in
      *[!A-Za-z0-9/._+-]* | */../*) refuse_member "$1" "$member" ;;
      "$2/"*) ;;
      *) refuse_member "$1" "$member" ;;
    esac
  done <"$STAGE/out"
  attempt "" tar -tvzf "$1" || fail_with_log "cannot read ${1##*/}"
  while IFS= read -r member; do
    case $member in
      *" -> "* | *" link to "* | [!d-]*) refuse_member "$1" "$member" ;;
    esac
  done <"$STAGE/out"
}

refuse_member() {
  fail "unexpected '$(say "$2" | plain)' in ${1##*/}: a release has plain files in one folder; nothing was unpacked"
}

# Fail unless the new program runs and is the requested version; set INSTALLED to its name and version.
check_program() {
  attempt "" "$STAGE/tree/$PROGRAM" --version || {
    # Alpine does not install it by default.
    ! grep -q 'libstdc++' "$STAGE/log" || fail_with_log "the program needs libstdc++: on Alpine 'apk add libstdc++'"
    fail_with_log "the program does not run on this system ($TARGET)"
  }
  INSTALLED=$(head -n 1 "$STAGE/out")
  case $INSTALLED in
    "plimsoll $VERSION" | "plimsoll $VERSION "*) ;;
    "plimsoll "*) [ -z "$VERSION" ] || fail "downloaded '$INSTALLED' instead of version $VERSION" ;;
    *) fail_with_log "the downloaded program is not Plimsoll" ;;
  esac
}

# Replace this process with one that unpacks the archive $1 in STAGE. GNU tar's -C interprets backslashes in the name.
unpack() { cd "$STAGE" && exec tar -xzof "$1"; }

# Download a release for this machine, verify it, and unpack it as $STAGE/tree.
stage_release() {
  folder=plimsoll-$TARGET
  archive=$folder.tar.gz
  say "Downloading $archive from $BASE …"
  fetch SHA256SUMS
  stated=$(stated_checksum "$archive")
  fetch "$archive"
  actual=$(checksum "$STAGE/$archive")
  [ "$actual" = "$stated" ] ||
    fail "checksum mismatch of $archive: SHA-256 is '$actual', SHA256SUMS has '$stated'; try again"
  check_members "$STAGE/$archive" "$folder"
  attempt "" unpack "$archive" || fail_with_log "cannot unpack $archive"
  mv "$STAGE/$folder" "$STAGE/tree"
}

# ---- Installing ----

# Fail if a file cannot be installed, or exists and must not be replaced. Changes nothing.
check_destination() {
  check_writable "$PREFIX"
  for file in $FILES $DIRECTORIES $CHECKSUMS; do check_writable "$PREFIX/${file%/*}"; done
  check_files
}

# Fail unless every file that exists was installed by an installer, or may be replaced.
check_files() {
  foreign=
  for file in $FILES $DIRECTORIES $CHECKSUMS; do
    existing=$PREFIX/$file
    if [ -L "$existing" ]; then
      refuse_package_link "$existing"
    elif [ ! -e "$existing" ]; then
      continue
    elif [ ! -f "$existing" ]; then
      fail "$existing is not a file: move it away, or choose another directory with --prefix"
    fi
    is_ours "$file" || foreign="$foreign $file"
  done
  [ -n "$foreign" ] && [ -z "$REPLACE" ] || return 0
  say "these files were not installed by install.sh, or have changed since:" >&2
  for file in $foreign; do say "  $PREFIX/$file" >&2; done
  if [ -t 0 ] && [ -t 2 ] && confirm "Replace them?"; then
    REPLACE=yes
  else
    fail "nothing was replaced: move them away, choose another directory with --prefix, or use --replace"
  fi
}

# Ask the user $1, and fail unless the answer is yes.
confirm() {
  printf '%s [y/N] ' "$1" >&2
  answer=
  read -r answer || say >&2
  case $answer in [yY] | [yY][eE][sS]) return 0 ;; *) return 1 ;; esac
}

# Whether the file $1 below the prefix was installed by an installer, and is unchanged.
is_ours() {
  if [ -L "$PREFIX/$1" ] || [ ! -f "$PREFIX/$1" ]; then return 1; fi
  case $1 in "$DIRECTORIES" | "$CHECKSUMS") return 0 ;; esac
  if [ -f "$PREFIX/$CHECKSUMS" ]; then
    grep -qxF "$(checksum "$PREFIX/$1")  $1" "$PREFIX/$CHECKSUMS"
  else
    # Version 0.1.0 recorded no checksums: look at the content.
    [ -f "$PREFIX/$DIRECTORIES" ] || return 1
    case $1 in
      "$RECORDS"/*) return 0 ;;
      "$PROGRAM") LC_ALL=C grep -q 'Usage: plimsoll' "$PREFIX/$1" ;;
      *) LC_ALL=C grep -q plimsoll "$PREFIX/$1" ;;
    esac
  fi
}

# Fail if the link $1 belongs to a package manager.
refuse_package_link() {
  case $(ls -ld "$1") in
    *" -> "*/Cellar/*) fail "$1 belongs to Homebrew: 'brew upgrade plimsoll' updates it, 'brew uninstall plimsoll' removes it" ;;
  esac
}

# Fail unless the directory $1 is writable or can be created.
check_writable() {
  directory=$1
  until [ -e "${directory:-/}" ] || [ -L "$directory" ]; do directory=${directory%/*}; done
  directory=${directory:-/}
  [ -d "$directory" ] || fail "$directory is not a directory: choose another one with --prefix"
  if [ ! -w "$directory" ] || [ ! -x "$directory" ]; then
    fail "no permission to write to $directory: choose a directory you own with --prefix"
  fi
}

# Create a directory and its parents. Each is renamed into place with the marker in it, so that directories of a killed
# installer are recognised.
make_directory() {
  [ ! -d "$1/" ] || return 0
  make_directory "${1%/*}"
  [ ! -d "$1/" ] || return 0 # x/.. exists as soon as x does
  new=${1%/*}/.plimsoll-install.$HOST.d.$$
  if ! { mkdir "$new" && true >"$new/$MARKER" && mv "$new" "$1"; }; then
    [ ! -d "${1%/*}/" ] || cannot_write "${1%/*}"
    make_directory "$1" # another failed installer has just removed the parent
  elif [ -e "$1/${new##*/}" ]; then
    rm -rf "${1:?}/${new##*/}" # another process created it first, so mv moved ours into it
  fi
}

# Print every directory that an installation may create, children first.
possible_directories() {
  directories_below
  directories_above
}

# Print those below the prefix.
directories_below() {
  for file in $FILES $DIRECTORIES; do
    directory=$file
    until [ "$directory" = "${directory%/*}" ]; do
      directory=${directory%/*}
      say "$PREFIX/$directory"
    done
  done | LC_ALL=C sort -ru
}

# Print the prefix and those above it.
directories_above() {
  directory=$PREFIX
  while [ -n "$directory" ]; do
    say "$directory"
    directory=${directory%/*}
  done
}

# Print the directory $1 as recorded: relative to the prefix, or, above it, as a real path.
recorded_name() {
  case $1 in
    "$PREFIX") say . ;;
    "$PREFIX"/*) say "${1#"$PREFIX"/}" ;;
    *) (cd -P "$1" 2>/dev/null && pwd -P) || : ;;
  esac
}

# Print the directories that installers created here: recorded ones, and those with a marker.
created_directories() {
  names=$(cat "$PREFIX/$DIRECTORIES" 2>/dev/null || :)
  possible_directories | {
    while IFS= read -r directory; do
      [ -f "$directory/$MARKER" ] || continue
      name=$(recorded_name "$directory")
      [ -n "$name" ] || continue
      lists "$names" "$name" || names="$names
$name"
    done
    say "$names" | grep . || :
  }
}

# Whether one of the lines $1 is $2.
lists() {
  case "
$1
" in
    *"
$2
"*) return 0 ;;
  esac
  return 1
}

# Remove the directories on stdin, children first, if they contain the marker only. One that another installer uses keeps
# its marker, as do its parents: that installer records them.
remove_marked_directories() {
  used=
  while IFS= read -r directory; do
    [ -f "$directory/$MARKER" ] || continue
    case $used in "$directory"/*) continue ;; esac
    rm -f "$directory/$MARKER"
    if ! rmdir "$directory" 2>/dev/null && is_used "$directory"; then
      true >"$directory/$MARKER"
      used=$directory
    fi
  done
}

# Whether an installer has files in the directory $1.
is_used() {
  for hidden in "$1"/.plimsoll-install.*; do
    if [ -e "$hidden" ] || [ -L "$hidden" ]; then return 0; fi
  done
  return 1
}

# Whether process $1 exists on this machine, also of another user.
is_alive() {
  reason=$(LC_ALL=C kill -0 "$1" 2>&1) && return 0
  case $reason in *ermitted* | *ermission*) return 0 ;; esac
  return 1
}

# Remove what killed installers left. The names end in a process id; those of running ones are kept.
clear_leftovers() {
  possible_directories | while IFS= read -r directory; do
    for leftover in "$directory/.plimsoll-install.$HOST".*; do
      [ -e "$leftover" ] || continue
      owner=${leftover##*.}
      if [ "$owner" = $$ ] || ! is_alive "$owner"; then rm -rf "$leftover"; fi
    done
  done
}

# Take the lock of the prefix, and wait for other installers.
take_lock() {
  attempts=0
  unheld=0
  until ln -s "$HOST.$$" "$PREFIX/$LOCK" 2>/dev/null; do
    holder=$(link_target "$PREFIX/$LOCK")
    [ -z "$holder" ] || unheld=0
    case $holder in
      "$HOST".*) is_alive "${holder##*.}" || break_lock "$holder" ;;
      '')
        # Just released; if again and again, it cannot be created: on a full disk an uninstallation proceeds without it.
        unheld=$((unheld + 1))
        if [ "$unheld" -gt 20 ]; then
          [ "$ACTION" != uninstall ] || return 0
          cannot_write "$PREFIX"
        fi
        ;;
    esac
    attempts=$((attempts + 1))
    [ "$attempts" -lt 600 ] ||
      fail "another installer ($holder) is running in $PREFIX: wait for it, or remove $PREFIX/$LOCK if none is running"
    sleep 0.1 2>/dev/null || sleep 1
  done
  LOCKED=yes
}

# Print the target of the symbolic link $1; of a lock, its holder.
# shellcheck disable=SC2012
link_target() { ls -ld "$1" 2>/dev/null | sed -n 's/.* -> //p'; }

# Remove the lock of $1, which has ended. Only one rename succeeds; a lock taken meanwhile is restored.
break_lock() {
  stale=$PREFIX/.plimsoll-install.$HOST.lock.$$
  mv -f "$PREFIX/$LOCK" "$stale" 2>/dev/null || return 0
  [ "$(link_target "$stale")" = "$1" ] || ln -s "$(link_target "$stale")" "$PREFIX/$LOCK" 2>/dev/null || :
  rm -f "$stale"
}

release_lock() {
  [ -n "$LOCKED" ] || return 0
  rm -f "$PREFIX/$LOCK"
  LOCKED=
}

# Create STAGE, on the prefix's file system.
make_stage() {
  clear_leftovers
  make_directory "$PREFIX"
  STAGE=$PREFIX/$HIDDEN
  mkdir -m 700 "$STAGE" 2>/dev/null && return
  make_directory "$PREFIX" # another failed installer may have removed it
  mkdir -m 700 "$STAGE" || cannot_write "$PREFIX"
}

# Install all files of $STAGE/tree, or none.
place() {
  take_lock
  check_files # again: they may have changed
  make_directory "$PREFIX/$RECORDS"
  mkdir -p "$STAGE/tree/$RECORDS" || cannot_write "$STAGE"
  for file in $FILES; do
    [ -f "$STAGE/tree/$file" ] || continue
    make_directory "$PREFIX/${file%/*}"
    chmod 644 "$STAGE/tree/$file"
    # The program is installed last, so it is never restored.
    [ "$file" = "$PROGRAM" ] || keep "$file"
  done
  for file in $DIRECTORIES $CHECKSUMS; do keep "$file"; done
  chmod 755 "$STAGE/tree/$PROGRAM"
  stage_records
  trap '' HUP INT PIPE TERM
  for file in $DIRECTORIES $CHECKSUMS $FILES; do
    [ -f "$STAGE/tree/$file" ] || continue
    PLACED="$PLACED $file"
    put "$STAGE/tree/$file" "$PREFIX/$file" || cannot_write "$PREFIX/${file%/*}"
  done
  PLACED=
  put "$STAGE/checksums" "$PREFIX/$CHECKSUMS" || : # the present one has these checksums as well
  possible_directories | while IFS= read -r directory; do rm -f "$directory/$MARKER"; done
  release_lock
  handle_signals
}

# Keep a copy of the existing file $1, to restore it on failure.
keep() {
  [ -e "$PREFIX/$1" ] || [ -L "$PREFIX/$1" ] || return 0
  { mkdir -p "$STAGE/old/${1%/*}" && cp -pP "$PREFIX/$1" "$STAGE/old/$1"; } || cannot_write "$STAGE"
}

# Move $1 to $2 atomically, also across file systems.
put() {
  half=${2%/*}/$HIDDEN
  if mv -f "$1" "$half"; then
    [ ! -L "$2" ] || rm -f "$2" # mv would follow a link to a directory
    if mv -f "$half" "$2"; then return 0; fi
  fi
  rm -f "$half"
  return 1
}

# Write the records of this installation to the stage. While files are moved, those with the checksums of the old ones are
# ours as well; $STAGE/checksums is the final record.
stage_records() {
  {
    created_directories >"$STAGE/tree/$DIRECTORIES" &&
      for file in $FILES; do
        [ ! -f "$STAGE/tree/$file" ] || say "$(checksum "$STAGE/tree/$file")  $file"
      done >"$STAGE/checksums" &&
      for file in $FILES; do
        ! is_ours "$file" || say "$(checksum "$PREFIX/$file")  $file"
      done | cat "$STAGE/checksums" - >"$STAGE/tree/$CHECKSUMS" &&
      for file in $FILES; do
        [ -f "$STAGE/tree/$file" ] || ! is_ours "$file" || say "$(checksum "$PREFIX/$file")  $file"
      done >>"$STAGE/checksums"
  } || cannot_write "$STAGE"
  chmod 644 "$STAGE/tree/$DIRECTORIES" "$STAGE/tree/$CHECKSUMS" "$STAGE/checksums"
}

# End by signals through clean_up.
handle_signals() {
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
}

# On every exit: end child processes, remove temporary files, undo a partial installation.
clean_up() {
  set +e
  # A process just forked by bash may still have our traps: it must not clean up.
  [ "$(exec /bin/sh -c 'echo "$PPID"')" = $$ ] || return
  trap '' HUP INT PIPE TERM
  if [ -n "$CHILD" ]; then
    kill "$CHILD" 2>/dev/null
    wait "$CHILD" 2>/dev/null
  fi
  end_watcher
  for file in $PLACED; do
    if [ -e "$STAGE/old/$file" ] || [ -L "$STAGE/old/$file" ]; then
      put "$STAGE/old/$file" "$PREFIX/$file"
    elif [ "$file" != "$PROGRAM" ]; then
      rm -f "$PREFIX/$file"
    fi
  done
  [ -z "$STAGE" ] || rm -rf "$STAGE"
  clear_leftovers
  remove_directories
}

# Remove unrecorded directories. Release the lock, which is in the prefix, before removing that.
remove_directories() {
  [ -z "$LOCKED" ] || directories_below | remove_marked_directories
  release_lock
  directories_above | remove_marked_directories
}

install_plimsoll() {
  if [ "$FROM" = release ]; then
    find_target
    find_release
    check_tools
    check_destination
  else
    TARGET="built here"
    check_destination
    cd "$CHECKOUT"
    prepare
    say "Building Plimsoll …"
    "$BUN" build.ts >/dev/null
  fi
  umask 022
  trap clean_up EXIT
  handle_signals
  make_stage
  if [ "$FROM" = release ]; then stage_release; else stage_build; fi
  check_program
  place
  report
}

# ---- Reporting and uninstalling ----

# Print a payload as from Claude Code, an hour into a session in this directory.
sample_payload() {
  now=$(date +%s)
  here=$(say "$PWD" | sed 's/[\\"]/\\&/g')
  say '{"session_id":"00000000-0000-4000-8000-000000000000","cwd":"'"$here"'","version":"2.1.331",' \
    '"model":{"id":"claude-sonnet-5-5","display_name":"Sonnet 5.5"},"effort":{"level":"medium"},' \
    '"workspace":{"current_dir":"'"$here"'","project_dir":"'"$here"'","added_dirs":[]},"output_style":{"name":"default"},' \
    '"cost":{"total_cost_usd":1.27,"total_duration_ms":3600000,"total_api_duration_ms":840000,' \
    '"total_lines_added":128,"total_lines_removed":31},' \
    '"context_window":{"total_input_tokens":312000,"total_output_tokens":4200,"context_window_size":1000000,' \
    '"used_percentage":31,"remaining_percentage":69,"current_usage":{"input_tokens":12,"output_tokens":420,' \
    '"cache_creation_input_tokens":4200,"cache_read_input_tokens":307788}},' \
    '"prompt_cache":{"warm":true,"ttl":"5m","expires_at":'"$((now + 240))"',"hit_ratio":0.94},' \
    '"rate_limits":{"five_hour":{"used_percentage":23.5,"resets_at":'"$((now + 7080))"'},' \
    '"seven_day":{"used_percentage":41.2,"resets_at":'"$((now + 299000))"'}}}'
}

# Print what was installed, a sample line, and the next step.
report() {
  target=$PREFIX/$PROGRAM
  say "" "$INSTALLED is installed: $target" "A line from a sample payload:" ""
  # Without a state directory nothing is gathered: the sample session must not enter the ledger.
  (
    unset HOME XDG_STATE_HOME PLIMSOLL_STATE
    sample_payload | COLUMNS="${COLUMNS:-100}" "$target" display
  )
  say ""
  command=$(quoted "$target")
  first=$(command -v plimsoll || :)
  case $first in
    /*)
      if is_same "$first" "$target"; then
        command=plimsoll
      else
        say "Another plimsoll precedes it on PATH: $first" ""
      fi
      ;;
    *) say "$PREFIX/bin is not on PATH. To run it by name, add this to your shell's profile:" "" \
      "  export PATH=$(quoted "$PREFIX/bin"):\"\$PATH\"" "" ;;
  esac
  say "To add it to Claude Code:" "" "  $command setup" ""
}

uninstall_plimsoll() {
  [ ! -L "$PREFIX/$PROGRAM" ] || refuse_package_link "$PREFIX/$PROGRAM"
  found=
  for file in $FILES $DIRECTORIES $CHECKSUMS; do
    is_ours "$file" || continue
    found=yes
    check_writable "$PREFIX/${file%/*}"
  done
  clear_leftovers
  if [ -n "$found" ]; then
    remove_from_settings
  fi
  trap clean_up EXIT
  handle_signals
  # Also if nothing is installed: a killed installer may have created directories.
  if [ -d "$PREFIX/" ] && [ -w "$PREFIX" ]; then
    take_lock
    [ -z "$found" ] || remove_files
  fi
  remove_directories
  if [ -n "$found" ]; then
    say "Plimsoll is uninstalled from $PREFIX."
  else
    say "Plimsoll is not installed below $PREFIX."
  fi
  report_remaining
}

# Remove the status line before its program: 'plimsoll setup --remove'.
remove_from_settings() {
  program=$PREFIX/$PROGRAM
  if [ -n "$KEEP_SETTINGS" ]; then
    say "Claude Code's settings were not changed."
  elif { [ -e "$program" ] || [ -L "$program" ]; } && ! is_ours "$PROGRAM"; then
    say "Claude Code's settings were not changed: install.sh did not install $program."
  elif ! [ -x "$program" ] || ! "$program" setup --help </dev/null >/dev/null 2>&1; then
    say "If Claude Code's settings.json has a \"statusLine\" that calls $program, remove it."
  elif calls_another; then
    say "The status line in Claude Code's settings calls $called, and was kept."
  else
    "$program" setup --remove </dev/null ||
      fail "cannot remove the status line from Claude Code's settings (see above), so nothing was removed; --keep-settings" \
        "removes the program anyway"
  fi
}

# Whether the status line to remove calls another existing installation, $called.
calls_another() {
  called=$("$program" setup --remove --dry-run </dev/null 2>/dev/null |
    sed -n 's/^-.*"command": *"\(.*\) display.*/\1/p' | head -n 1 | unquoted)
  [ -x "$called" ] && ! is_same "$called" "$program"
}

# Filter a word: remove JSON escapes, and the quotes that a shell would remove.
unquoted() { sed -e 's/\\\(["\\]\)/\1/g' -e "/^'.*'\$/{ s/^'//; s/'\$//; s/'\\\\''/'/g; }"; }

# Remove the files and records of an installation. Mark the directories that it created.
remove_files() {
  ours=
  for file in $FILES; do
    if is_ours "$file"; then ours="$ours $file"; fi
  done
  for file in $ours; do rm -f "$PREFIX/$file" || fail "cannot remove $PREFIX/$file"; done
  created=$(created_directories)
  possible_directories | while IFS= read -r directory; do
    if [ -d "$directory" ] && lists "$created" "$(recorded_name "$directory")"; then
      { true >"$directory/$MARKER"; } 2>/dev/null || :
    fi
  done
  for file in $DIRECTORIES $CHECKSUMS; do
    [ -L "$PREFIX/$file" ] || rm -f "$PREFIX/$file" || fail "cannot remove $PREFIX/$file"
  done
}

# Print what an uninstallation keeps, and how to remove it.
report_remaining() {
  for file in $FILES; do
    if [ -e "$PREFIX/$file" ] || [ -L "$PREFIX/$file" ]; then
      say "kept $PREFIX/$file: install.sh did not install it, or it has changed since"
    fi
  done
  for link in "$PREFIX"/lib/plimsoll/bin/*; do
    [ ! -L "$link" ] || [ "$(link_target "$link")" != "$PREFIX/$PROGRAM" ] ||
      say "kept a link to the program; to remove it: rm $(quoted "$link")"
  done
  state=${PLIMSOLL_STATE:-${XDG_STATE_HOME:-${HOME-}/.local/state}/plimsoll}
  config=${PLIMSOLL_CONFIG:-${XDG_CONFIG_HOME:-${HOME-}/.config}/plimsoll}
  [ ! -e "$config" ] || say "kept your configuration; to remove it: rm -r $(quoted "$config")"
  [ ! -e "$state" ] ||
    say "kept the ledger of your sessions, which has more history than Claude Code keeps; to remove it: rm -r $(quoted "$state")"
}

# ---- The command line ----

# Set ACTION, PREFIX, VERSION, REPLACE, KEEP_SETTINGS and FROM.
read_arguments() {
  ACTION=install
  VERSION=
  REPLACE=
  KEEP_SETTINGS=
  PREFIX=${PREFIX:-}
  while [ $# -gt 0 ]; do
    case $1 in
      --prefix=* | --version=*) set_option "${1%%=*}" "${1#*=}" ;;
      --prefix | --version)
        [ $# -gt 1 ] || misuse "$1 needs a value"
        set_option "$1" "$2"
        shift
        ;;
      --uninstall) ACTION=uninstall ;;
      --replace) REPLACE=yes ;;
      --keep-settings) KEEP_SETTINGS=yes ;;
      -h | --help) ACTION=help ;;
      test) ACTION="test" ;;
      *) misuse "unknown argument '$1'" ;;
    esac
    shift
  done
  case $ACTION,$VERSION,$KEEP_SETTINGS in
    uninstall,?*,*) misuse "--version cannot be used with --uninstall" ;;
    uninstall,*) [ -z "$REPLACE" ] || misuse "--replace cannot be used with --uninstall" ;;
    install,*,yes) misuse "--keep-settings requires --uninstall" ;;
  esac
  FROM=release
  if [ -n "$CHECKOUT" ] && [ -z "$VERSION" ] && [ -z "${PLIMSOLL_BASE_URL-}" ]; then FROM=checkout; fi
  TIMEOUT=${PLIMSOLL_TIMEOUT:-30}
  case $TIMEOUT in *[!0-9]* | 0*) misuse "invalid PLIMSOLL_TIMEOUT '$TIMEOUT': expected a number of seconds" ;; esac
}

# Set the option $1 to $2.
set_option() {
  [ -n "$2" ] || misuse "$1 needs a value"
  if [ "$1" = --prefix ]; then
    PREFIX=$2
  else
    VERSION=${2#v}
    case $VERSION in *[!A-Za-z0-9.+-]*) misuse "invalid version '$2'" ;; esac
  fi
}

# Make PREFIX an absolute path.
resolve_prefix() {
  if [ -z "$PREFIX" ]; then
    [ -n "${HOME-}" ] || misuse "HOME is not set: set --prefix"
    PREFIX=$HOME/.local
  fi
  case $PREFIX in *"
"*) misuse "invalid prefix: it contains a line break" ;; esac
  # Shells do not expand the ~ of --prefix=~/x.
  # shellcheck disable=SC2088
  case $PREFIX in "~/"*) PREFIX=${HOME-}/${PREFIX#??} ;; esac
  case $PREFIX in /*) ;; *) PREFIX=$PWD/$PREFIX ;; esac
  PREFIX=$(say "$PREFIX" | sed 's://*:/:g; s:\(.\)/$:\1:')
}

main() {
  # Reset inherited search paths, word separators and options.
  unset CDPATH GREP_OPTIONS TAR_OPTIONS GZIP
  IFS=$(printf ' \t\n.')
  IFS=${IFS%.}
  HOST=$(uname -n)
  HIDDEN=.plimsoll-install.$HOST.$$
  PLACED='' STAGE='' LOCKED='' CHILD='' WATCHER=''
  find_checkout
  read_arguments "$@"
  case $ACTION in
    help) usage ;;
    test)
      [ -n "$CHECKOUT" ] || misuse "tests are available in a checkout only"
      cd "$CHECKOUT"
      run_tests
      ;;
    install)
      resolve_prefix
      install_plimsoll
      ;;
    uninstall)
      resolve_prefix
      uninstall_plimsoll
      ;;
  esac
}

main "$@"
