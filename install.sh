#!/bin/sh
# Installs Plimsoll below ~/.local, or below another directory; 'install.sh --help' has all of it.
#
# In a checkout it builds what it installs; anywhere else, or when asked for a version, it downloads a release.
#
# What holds:
# - Nothing is changed before the new program is complete, has the checksum that the release says, and has run here. It is
#   made ready in a hidden directory below the prefix, which goes with us however we end; what a killed run left behind
#   is cleared by the next.
# - Files come into place by rename, the program last: a line that is being drawn always finds one.
# - No file is overwritten or removed unless its checksum is the one that was recorded when it was installed, or the user
#   agrees. A directory is removed only if it is recorded as created by an installer, and is empty.
# - Two installers at the same prefix take turns; whatever a killed one has created is found by the next one.
# - Every function stands before the one call on the last line: a script that was cut on its way does nothing.

# zsh, which many pipe this into, is to read it as sh does.
[ -z "${ZSH_VERSION-}" ] || emulate sh
set -eu

# Where the releases are: RELEASES_URL/latest/download/FILE. The build of a release fills it in.
RELEASES_URL=

# What a release has below its one folder, and an installation below its prefix. The program comes last.
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
# What an installation records about itself: the directories it created, and the checksum of each file it installed.
# Version 0.1.0 recorded the directories only.
RECORDS=share/doc/plimsoll
DIRECTORIES=$RECORDS/directories
CHECKSUMS=$RECORDS/checksums
# The file that marks a directory as created by an installer, until the directory is recorded.
MARKER=.plimsoll-created
# The lock of a prefix: a symbolic link to HOST.PID of the installer that holds it.
LOCK=.plimsoll-install.lock

usage() {
  say "Usage: install.sh [--prefix DIR] [--version V] [--replace]" \
    "       install.sh --uninstall [--prefix DIR] [--keep-settings]" \
    "       ./install.sh test" \
    "" \
    "Installs Plimsoll, the status line for Claude Code: the program, its manual, shell completions. In a checkout it" \
    "builds them, with git and npm or Bun; otherwise it downloads a release, with curl or wget." \
    "" \
    "  --prefix DIR     install to DIR/bin and DIR/share; default: \$PREFIX, else ~/.local" \
    "  --version V      download this version, not the newest" \
    "  --replace        replace files of those names that install.sh did not install; in a terminal it asks" \
    "  --uninstall      take the status line out of Claude Code's settings, and remove what was installed" \
    "  --keep-settings  with --uninstall: leave the settings as they are" \
    "  --help           show this" \
    "  test             in a checkout: install what the tests need, and run them" \
    "" \
    "PLIMSOLL_BASE_URL  the directory with the files of one release: https:, file:, or http: of this machine" \
    "PLIMSOLL_TIMEOUT   give a download up when it stands still for so many seconds; default: 30" \
    "" \
    "Exit codes: 0 done; 1 failed, and what was there before is there; 2 the command line or an address is wrong;" \
    "129, 130, 141, 143 interrupted by HUP, INT, PIPE, TERM: until the files come into place, nothing is changed."
}

say() { printf "%s\n" "$@"; }

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

misuse() {
  printf 'install.sh: %s\n' "$*" "'install.sh --help' shows what there is" >&2
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# Whether two names lead to the same file. All our shells have it; POSIX has since 2024.
# shellcheck disable=SC3013
is_same() { [ "$1" -ef "$2" ]; }

# $1 as a word for the shell.
quoted() {
  case $1 in
    *[!A-Za-z0-9/._+-]*) printf "'%s'\n" "$(say "$1" | sed "s/'/'\\\\''/g")" ;;
    *) say "$1" ;;
  esac
}

# ---- Building from a checkout ----

# Set CHECKOUT to this script's directory if that is a checkout of Plimsoll, else to nothing.
find_checkout() {
  CHECKOUT=
  case $0 in
    */install.sh | install.sh) ;;
    *) return 0 ;; # the shell's name: the script came on stdin
  esac
  candidate=$(cd "$(dirname "$0")" && pwd)
  if [ -f "$candidate/build.ts" ] && grep -q '"name": *"plimsoll"' "$candidate/package.json" 2>/dev/null; then
    CHECKOUT=$candidate
  fi
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

run_tests() {
  prepare
  "$BUN" run check
  "$BUN" run test
}

# Build, and lay the result out as a release is, as $STAGE/tree.
stage_build() {
  { mkdir -p "$STAGE/tree/bin" && cp dist/plimsoll "$STAGE/tree/$PROGRAM"; } || cannot_write "$STAGE"
  [ ! -d dist/share ] || cp -R dist/share "$STAGE/tree/share" || cannot_write "$STAGE"
}

# ---- What runs here ----

# Set TARGET to the name of the release that runs on this machine.
find_target() {
  machine=$(uname -m)
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin)
      os=darwin
      # A shell that Rosetta translates is told that it runs on an Intel processor.
      [ "$(PATH=$PATH:/usr/sbin sysctl -n sysctl.proc_translated 2>/dev/null)" != 1 ] || machine=arm64
      ;;
    *) fail "there is no release for $(uname -s): Plimsoll runs on Linux (WSL too) and macOS" ;;
  esac
  case $machine in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "there is no release for $machine processors: there are x86_64 and arm64" ;;
  esac
  # A 32-bit system on a 64-bit kernel, as Raspberry Pi OS may be.
  [ "$(getconf LONG_BIT 2>/dev/null)" != 32 ] ||
    fail "there is no release for a 32-bit system; the processor ($machine) could run a 64-bit one"
  TARGET=$os-$arch
  if [ "$os" = linux ] && uses_musl; then TARGET=$TARGET-musl; fi
}

# Whether the system's own C library is musl. Either may be installed beside the other: ldd is the system's own.
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

# Fail unless there is what it takes to download, verify and unpack.
check_tools() {
  case $BASE in
    file:*) ;;
    *) has curl || has wget || fail "neither curl nor wget is on PATH: install one, then run this again" ;;
  esac
  has sha256sum || has shasum || has openssl ||
    fail "nothing here can verify a download: install sha256sum, shasum or openssl, then run this again"
  has tar || fail "tar is not on PATH: install it, then run this again"
}

# Set BASE to the address of the directory that has the release's files.
find_release() {
  if [ -n "${PLIMSOLL_BASE_URL-}" ]; then
    BASE=${PLIMSOLL_BASE_URL%/}
  elif [ -z "$RELEASES_URL" ]; then
    fail "this script does not know where the releases are: set PLIMSOLL_BASE_URL to the address of one, or build" \
      "Plimsoll with the install.sh of a checkout"
  elif [ -n "$VERSION" ]; then
    BASE=$RELEASES_URL/download/v$VERSION
  else
    BASE=$RELEASES_URL/latest/download
  fi
  case $BASE in
    https://* | file:/*) ;;
    http://*)
      is_loopback "$BASE" ||
        misuse "$BASE: without https anybody on the way could change the program; only this machine's own http: will do"
      ;;
    *) misuse "$BASE: the address of a release begins with https:// or file:/" ;;
  esac
}

# Whether the http address $1 leads to this machine.
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

# Bring the release's file $1 to $STAGE.
fetch() {
  case $BASE in
    file:///*) attempt "$STAGE/$1" cp "${BASE#file://}/$1" "$STAGE/$1" ;;
    file:*) attempt "$STAGE/$1" cp "${BASE#file:}/$1" "$STAGE/$1" ;;
    *)
      if has curl; then
        # Nor may a redirect lead from https to http.
        case $BASE in https:*) protocols="=https" ;; *) protocols="=https,http" ;; esac
        attempt "$STAGE/$1" curl --fail --silent --show-error --location --globoff --proto "$protocols" \
          --output "$STAGE/$1" "$BASE/$1"
      else
        attempt "$STAGE/$1" wget -nv -t 1 -O "$STAGE/$1" "$BASE/$1"
      fi
      ;;
  esac || {
    [ "$STATUS" != 143 ] || fail "cannot download $BASE/$1: nothing came for $TIMEOUT seconds"
    fail_as_said "cannot download $BASE/$1"
  }
  # BusyBox's own TLS, where it was built without a helper that knows certificates.
  ! grep -q 'certificate validation not implemented' "$STAGE/log" ||
    fail "this wget does not check certificates, so anybody could have sent $1: install curl, then run this again"
  # Wget follows a redirect from https to http, and says where it has been.
  case $BASE in
    https:*) ! grep -q 'URL:http:' "$STAGE/log" || fail "cannot download $BASE/$1: it is redirected from https: to http:" ;;
  esac
}

# Run the command after $1, which may take long; what it prints goes to $STAGE/out and $STAGE/log, its status to STATUS
# too. A signal to us ends both at once. If $1 names a file, the command is ended when that has not grown for $TIMEOUT
# seconds.
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

# End process $2 when file $1 has not grown for $TIMEOUT seconds, or when nobody waits for it any more.
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

# Fail for the reason $*, after what the last attempt said: of a server or an archive, so plain text only.
fail_as_said() {
  fail_if_full
  tr '\r' '\n' <"$STAGE/log" | plain | grep . | tail -n 8 >&2
  fail "$@"
}

# Fail because $1 cannot be written; the command that tried has said why.
cannot_write() {
  fail_if_full
  fail "cannot write to $1: choose a directory of yours with --prefix"
}

# Fail if the prefix's file system has no space left, which tools say in many ways or not at all.
fail_if_full() {
  free=$(df -Pk "$PREFIX" 2>/dev/null | sed -n 's/.* \([0-9][0-9]*\)  *[0-9]*% .*/\1/p')
  [ "${free:-1024}" -ge 1024 ] ||
    fail "no space is left below $PREFIX ($free kB): make room, or choose another directory with --prefix"
}

# From stdin to stdout what a terminal may show as it is.
plain() { LC_ALL=C tr -cd '\n -~'; }

# ---- Verifying ----

# Print the checksum that the release says its file $1 has.
stated_checksum() {
  stated=
  while read -r sum name || [ -n "$sum" ]; do
    [ "${name#\*}" = "$1" ] || continue
    [ -z "$stated" ] || fail "SHA256SUMS of $BASE names $1 twice: that release is broken"
    stated=$sum
  done <"$STAGE/SHA256SUMS"
  [ -n "$stated" ] || fail "SHA256SUMS of $BASE does not name $1: there is no program for this machine in that release"
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
    # Downloads need one of the above; this is enough to recognize an installed file.
    sum=$(cksum <"$1")
    sum="${sum%% *}:${sum#* }"
  fi
  say "${sum%% *}"
}

# Fail unless all members of the archive $1 are plain files and directories below the folder $2.
check_members() {
  attempt "" tar -tzf "$1" || fail_as_said "cannot read ${1##*/}: it is not an archive"
  while IFS= read -r member; do
    case $member/ in
      *[!A-Za-z0-9/._+-]* | */../*) refuse_member "$1" "$member" ;;
      "$2/"*) ;;
      *) refuse_member "$1" "$member" ;;
    esac
  done <"$STAGE/out"
  attempt "" tar -tvzf "$1" || fail_as_said "cannot read ${1##*/}"
  while IFS= read -r member; do
    case $member in
      *" -> "* | *" link to "* | [!d-]*) refuse_member "$1" "$member" ;;
    esac
  done <"$STAGE/out"
}

refuse_member() {
  fail "${1##*/} is not as a release is, plain files in one folder: '$(say "$2" | plain)'; nothing was unpacked"
}

# Fail unless the new program runs here and is the version that was asked for; set INSTALLED to what it calls itself.
check_program() {
  attempt "" "$STAGE/tree/$PROGRAM" --version || {
    # Alpine has it as a package, and does not install it by itself.
    ! grep -q 'libstdc++' "$STAGE/log" || fail_as_said "the program needs libstdc++: on Alpine 'apk add libstdc++'"
    fail_as_said "the program does not run on this system ($TARGET)"
  }
  INSTALLED=$(head -n 1 "$STAGE/out")
  case $INSTALLED in
    "plimsoll $VERSION" | "plimsoll $VERSION "*) ;;
    "plimsoll "*) [ -z "$VERSION" ] || fail "the program that came is '$INSTALLED', not version $VERSION" ;;
    *) fail_as_said "the program that came is not Plimsoll" ;;
  esac
}

# Unpack the archive $1 in STAGE, and become what unpacks it. GNU tar's -C would take a backslash in the name for an escape.
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
    fail "$archive did not come as it was published: its SHA-256 is '$actual', SHA256SUMS says '$stated'; try again"
  check_members "$STAGE/$archive" "$folder"
  attempt "" unpack "$archive" || fail_as_said "cannot unpack $archive"
  mv "$STAGE/$folder" "$STAGE/tree"
}

# ---- Putting into place ----

# Fail, with nothing changed, if a file cannot be put into place, or exists and must not be replaced.
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
  say "install.sh did not install these files, or they have changed since:" >&2
  for file in $foreign; do say "  $PREFIX/$file" >&2; done
  if [ -t 0 ] && [ -t 2 ] && confirm "Replace them?"; then
    REPLACE=yes
  else
    fail "nothing was replaced: move them away, choose another directory with --prefix, or use --replace"
  fi
}

# Whether the user answers yes to the question $1.
confirm() {
  printf '%s [y/N] ' "$1" >&2
  answer=
  read -r answer || say >&2
  case $answer in [yY] | [yY][eE][sS]) return 0 ;; *) return 1 ;; esac
}

# Whether the file $1 below the prefix is what an installer has put there.
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
    *" -> "*/Cellar/*) fail "$1 is Homebrew's: 'brew upgrade plimsoll' updates it, 'brew uninstall plimsoll' removes it" ;;
  esac
}

# Fail unless the directory $1 can be written to, or can be made.
check_writable() {
  directory=$1
  until [ -e "${directory:-/}" ] || [ -L "$directory" ]; do directory=${directory%/*}; done
  directory=${directory:-/}
  [ -d "$directory" ] || fail "$directory is not a directory: choose another one with --prefix"
  if [ ! -w "$directory" ] || [ ! -x "$directory" ]; then
    fail "no permission to write to $directory: choose a directory of yours with --prefix"
  fi
}

# Create a directory and its parents. Each comes into place by rename with the marker in it, so that every directory that
# a killed installer leaves behind is recognized.
make_directory() {
  [ ! -d "$1/" ] || return 0
  make_directory "${1%/*}"
  [ ! -d "$1/" ] || return 0 # x/.. exists as soon as x does
  new=${1%/*}/.plimsoll-install.$HOST.d.$$
  if ! { mkdir "$new" && true >"$new/$MARKER" && mv "$new" "$1"; }; then
    [ ! -d "${1%/*}/" ] || cannot_write "${1%/*}"
    make_directory "$1" # another installer that failed has just removed the parent
  elif [ -e "$1/${new##*/}" ]; then
    rm -rf "${1:?}/${new##*/}" # somebody else created it first, so mv moved ours into it
  fi
}

# Print every directory that an installation may create, each after those in it.
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

# Print how the record names the directory $1: relative to the prefix, or, above it, by its real path.
recorded_name() {
  case $1 in
    "$PREFIX") say . ;;
    "$PREFIX"/*) say "${1#"$PREFIX"/}" ;;
    *) (cd -P "$1" 2>/dev/null && pwd -P) || : ;;
  esac
}

# Print the names of the directories that installers created here: the recorded ones, and those with a marker.
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

# Remove the directories from stdin, each after those in it, if they have the marker and nothing else. One that another
# installer uses keeps its marker, and so do those above it: that installer records them.
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

# Whether an installer has something in the directory $1.
is_used() {
  for hidden in "$1"/.plimsoll-install.*; do
    if [ -e "$hidden" ] || [ -L "$hidden" ]; then return 0; fi
  done
  return 1
}

# Whether process $1 of this machine exists, also when it is another user's.
is_alive() {
  reason=$(LC_ALL=C kill -0 "$1" 2>&1) && return 0
  case $reason in *ermitted* | *ermission*) return 0 ;; esac
  return 1
}

# Remove what killed installers have left. The names end in a process id; those of running ones are left alone.
clear_leftovers() {
  possible_directories | while IFS= read -r directory; do
    for leftover in "$directory/.plimsoll-install.$HOST".*; do
      [ -e "$leftover" ] || continue
      owner=${leftover##*.}
      if [ "$owner" = $$ ] || ! is_alive "$owner"; then rm -rf "$leftover"; fi
    done
  done
}

# Wait until no other installer changes what is below the prefix, and keep others from it.
take_lock() {
  attempts=0
  until ln -s "$HOST.$$" "$PREFIX/$LOCK" 2>/dev/null; do
    holder=$(link_target "$PREFIX/$LOCK")
    case $holder in
      "$HOST".*) is_alive "${holder##*.}" || break_lock "$holder" ;;
      '')
        # It was released in this instant, or cannot be made: on a full disk an uninstallation goes on without it.
        if [ "$attempts" -gt 20 ]; then
          [ "$ACTION" != uninstall ] || return 0
          cannot_write "$PREFIX"
        fi
        ;;
    esac
    attempts=$((attempts + 1))
    [ "$attempts" -lt 600 ] ||
      fail "another installer ($holder) is at work in $PREFIX: wait for it; if there is none, remove $PREFIX/$LOCK"
    sleep 0.1 2>/dev/null || sleep 1
  done
  LOCKED=yes
}

# Print where the symbolic link $1 leads; of a lock, to the installer that holds it.
# shellcheck disable=SC2012
link_target() { ls -ld "$1" 2>/dev/null | sed -n 's/.* -> //p'; }

# Remove the lock of $1, which has ended. The rename has one winner; a lock that was taken meanwhile is put back.
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

# Make STAGE, on the prefix's file system.
make_stage() {
  clear_leftovers
  make_directory "$PREFIX"
  STAGE=$PREFIX/$HIDDEN
  mkdir -m 700 "$STAGE" 2>/dev/null && return
  make_directory "$PREFIX" # another installer that failed may have removed it
  mkdir -m 700 "$STAGE" || cannot_write "$PREFIX"
}

# Put all files of $STAGE/tree into place, or none.
place() {
  take_lock
  check_files # again: time has passed
  make_directory "$PREFIX/$RECORDS"
  mkdir -p "$STAGE/tree/$RECORDS" || cannot_write "$STAGE"
  for file in $FILES; do
    [ -f "$STAGE/tree/$file" ] || continue
    make_directory "$PREFIX/${file%/*}"
    chmod 644 "$STAGE/tree/$file"
    # The program is the last to come, so it never has to be put back.
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
  put "$STAGE/checksums" "$PREFIX/$CHECKSUMS" || : # the one that is there has these checksums, too
  possible_directories | while IFS= read -r directory; do rm -f "$directory/$MARKER"; done
  release_lock
  heed_signals
}

# Keep a copy of the file that exists as $1, so that it can be put back.
keep() {
  [ -e "$PREFIX/$1" ] || [ -L "$PREFIX/$1" ] || return 0
  { mkdir -p "$STAGE/old/${1%/*}" && cp -pP "$PREFIX/$1" "$STAGE/old/$1"; } || cannot_write "$STAGE"
}

# Move $1 to $2, which has the old content or the new at all times, also when its directory leads to another file system.
put() {
  half=${2%/*}/$HIDDEN
  if mv -f "$1" "$half"; then
    [ ! -L "$2" ] || rm -f "$2" # mv would follow a link to a directory
    if mv -f "$half" "$2"; then return 0; fi
  fi
  rm -f "$half"
  return 1
}

# Write the records of this installation to the stage. While files come into place, the checksums of the old ones count
# as well; $STAGE/checksums are the final ones.
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

# A signal ends us by way of clean_up.
heed_signals() {
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
}

# However we end: no process and no file is left that was only for the way; what was put into place by halves is undone.
clean_up() {
  set +e
  # A process that bash has just forked may still take a signal as we do: what there is to clean up is not its own.
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

# Remove what was created and is not recorded. The lock protects what is below the prefix; it must not keep the prefix.
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
    "$BUN" build.ts
  fi
  umask 022
  trap clean_up EXIT
  heed_signals
  make_stage
  if [ "$FROM" = release ]; then stage_release; else stage_build; fi
  check_program
  place
  report
}

# ---- Afterwards ----

# What Claude Code would send an hour into a session in this directory.
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

# Say what was installed, where, how it looks, and what comes next.
report() {
  target=$PREFIX/$PROGRAM
  say "" "$INSTALLED is installed: $target" "A first line, from a sample payload:" ""
  # Without a place for state nothing is gathered: a made-up session must not enter anybody's books.
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
        say "Another plimsoll comes first on PATH: $first" ""
      fi
      ;;
    *) say "$PREFIX/bin is not on PATH. To call it by its name alone, put this into your shell's profile:" "" \
      "  export PATH=$(quoted "$PREFIX/bin"):\"\$PATH\"" "" ;;
  esac
  say "Next, to see it in Claude Code:" "" "  $command setup" ""
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
    take_out_of_settings
  fi
  trap clean_up EXIT
  heed_signals
  # Also where nothing is installed: a killed installer may have created directories.
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
  say_what_stays
}

# A status line that leads to a program which is gone would leave the line empty: 'plimsoll setup' knows how to take it out.
take_out_of_settings() {
  program=$PREFIX/$PROGRAM
  if [ -n "$KEEP_SETTINGS" ]; then
    say "Claude Code's settings stay as they are."
  elif { [ -e "$program" ] || [ -L "$program" ]; } && ! is_ours "$PROGRAM"; then
    say "Claude Code's settings stay as they are: install.sh did not install $program."
  elif ! [ -x "$program" ] || ! "$program" setup --help </dev/null >/dev/null 2>&1; then
    say "If Claude Code's settings.json has a \"statusLine\" that calls $program, take it out."
  elif calls_another; then
    say "The status line in Claude Code's settings calls $called, and stays."
  else
    "$program" setup --remove </dev/null ||
      fail "the status line could not be taken out of Claude Code's settings (see above), so nothing was removed;" \
        "with --keep-settings the program is removed all the same"
  fi
}

# Whether the status line that would be taken out is another installation's, which is there: $called.
calls_another() {
  called=$("$program" setup --remove --dry-run </dev/null 2>/dev/null |
    sed -n 's/^-.*"command": *"\(.*\) display.*/\1/p' | head -n 1 | unquoted)
  [ -x "$called" ] && ! is_same "$called" "$program"
}

# From stdin to stdout a word without its escapes in JSON, and without the quotes that the shell would take away.
unquoted() { sed -e 's/\\\(["\\]\)/\1/g' -e "/^'.*'\$/{ s/^'//; s/'\$//; s/'\\\\''/'/g; }"; }

# Remove the files of an installation and its records. The directories that it created get the marker instead.
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

# Name what an uninstallation does not touch, and how to be rid of it.
say_what_stays() {
  for file in $FILES; do
    if [ -e "$PREFIX/$file" ] || [ -L "$PREFIX/$file" ]; then
      say "install.sh did not install $PREFIX/$file, or it has changed since: it stays."
    fi
  done
  for link in "$PREFIX"/lib/plimsoll/bin/*; do
    [ ! -L "$link" ] || [ "$(link_target "$link")" != "$PREFIX/$PROGRAM" ] ||
      say "A link to the program stays; to remove it: rm $(quoted "$link")"
  done
  state=${PLIMSOLL_STATE:-${XDG_STATE_HOME:-${HOME-}/.local/state}/plimsoll}
  config=${PLIMSOLL_CONFIG:-${XDG_CONFIG_HOME:-${HOME-}/.config}/plimsoll}
  [ ! -e "$config" ] || say "Your configuration stays; to remove it: rm -r $(quoted "$config")"
  [ ! -e "$state" ] ||
    say "The ledger of your sessions stays, which has more than Claude Code keeps; to remove it: rm -r $(quoted "$state")"
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
    uninstall,?*,*) misuse "--uninstall removes what is there: it takes no --version" ;;
    uninstall,*) [ -z "$REPLACE" ] || misuse "--uninstall never removes files of others: it takes no --replace" ;;
    install,*,yes) misuse "--keep-settings goes with --uninstall" ;;
  esac
  FROM=release
  if [ -n "$CHECKOUT" ] && [ -z "$VERSION" ] && [ -z "${PLIMSOLL_BASE_URL-}" ]; then FROM=checkout; fi
  TIMEOUT=${PLIMSOLL_TIMEOUT:-30}
  case $TIMEOUT in *[!0-9]* | 0*) misuse "PLIMSOLL_TIMEOUT is a number of seconds, not '$TIMEOUT'" ;; esac
}

# Take the value $2 of the option $1.
set_option() {
  [ -n "$2" ] || misuse "$1 needs a value"
  if [ "$1" = --prefix ]; then
    PREFIX=$2
  else
    VERSION=${2#v}
    case $VERSION in *[!A-Za-z0-9.+-]*) misuse "'$2' is not a version" ;; esac
  fi
}

# Make PREFIX an absolute path.
resolve_prefix() {
  if [ -z "$PREFIX" ]; then
    [ -n "${HOME-}" ] || misuse "HOME is not set: say with --prefix where to install"
    PREFIX=$HOME/.local
  fi
  case $PREFIX in *"
"*) misuse "there is a line break in the prefix" ;; esac
  # A shell leaves the ~ of --prefix=~/x alone.
  # shellcheck disable=SC2088
  case $PREFIX in "~/"*) PREFIX=${HOME-}/${PREFIX#??} ;; esac
  case $PREFIX in /*) ;; *) PREFIX=$PWD/$PREFIX ;; esac
  PREFIX=$(say "$PREFIX" | sed 's://*:/:g; s:\(.\)/$:\1:')
}

main() {
  # From whoever calls: search paths, word separators, options and modes that would change what is done here.
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
      [ -n "$CHECKOUT" ] || misuse "there are tests in a checkout only"
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
