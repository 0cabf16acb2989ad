#!/bin/sh
# Makes the pictures of the README in .github/images: the real client in a real terminal, not retouched.
#
#   CLAUDE_BIN=/path/to/claude test/pictures/make.sh
#
# Linux, as root, for a /home of its own; what it starts ends with it. Needs Xvfb, kitty, xdotool, ImageMagick, pngquant,
# git, the fonts JetBrains Mono, DejaVu Sans Mono and Symbola, Bun on PATH, and dist/plimsoll. The client talks to api.ts
# on the loopback interface only. Look at what it made before you commit it.
set -eu

if [ "${1-}" != --inside ]; then
  [ -x "${CLAUDE_BIN-}" ] || { echo "make.sh: CLAUDE_BIN must name the client" >&2; exit 2; }
  exec unshare --mount --pid --fork --kill-child --mount-proc sh "$0" --inside
fi

here=$(cd "$(dirname "$0")/../.." && pwd)
bun=$(command -v bun)
port=8417
export DISPLAY=:87

mount -t tmpfs tmpfs /home
mkdir -p /home/dev/.claude /home/dev/bin
cp "$here/dist/plimsoll" /home/dev/bin/plimsoll
cp "$CLAUDE_BIN" /home/dev/bin/claude

Xvfb $DISPLAY -screen 0 2400x1500x24 >/dev/null 2>&1 &
x=$!
REPOSITORY=/home/dev/tides "$bun" "$here/test/pictures/api.ts" $port &
api=$!
trap 'kill $x $api' EXIT

repository() {
  rm -rf /home/dev/tides /home/dev/origin.git /home/dev/.local /home/dev/.claude/projects
  git init -q --bare /home/dev/origin.git
  git init -q -b main /home/dev/tides
  cd /home/dev/tides
  git config user.email dev@example.com
  git config user.name dev
  git remote add origin /home/dev/origin.git
  echo '# Tides' >README.md
  echo 'export const lowWater = (day: string): string => day;' >tides.ts
  git add . && git commit -qm 'Add the table'
  git switch -qc winter-time
  git push -q -u origin winter-time
  git commit -q --allow-empty -m 'Read the harbour' && git commit -q --allow-empty -m 'Read the zone'
  echo '// The harbour keeps local time.' >>tides.ts
}

# terminal NAME BACKGROUND FOREGROUND ROWS COMMAND…: a window of 100 columns; sets $window
terminal() {
  background=$1 foreground=$2 rows=$3
  shift 3
  env -i HOME=/home/dev PATH=/home/dev/bin:/usr/bin:/bin LANG=C.UTF-8 DISPLAY=$DISPLAY COLORTERM=truecolor \
    COLORFGBG="$fgbg" LIBGL_ALWAYS_SOFTWARE=1 \
    kitty --config NONE -o font_family='JetBrains Mono' -o font_size=17 -o background="$background" \
    -o foreground="$foreground" -o remember_window_size=no -o initial_window_width=100c \
    -o initial_window_height="${rows}c" -o window_padding_width=12 -o cursor_blink_interval=0 \
    -o update_check_interval=0 -o enable_audio_bell=no -o hide_window_decorations=yes -o disable_ligatures=always \
    -o symbol_map='U+276F DejaVu Sans Mono' "$@" >/dev/null 2>&1 &
  terminal=$!
  window=$(xdotool search --sync --onlyvisible --class kitty | tail -n 1)
}

# shot NAME TOP: the window as it is without its uppermost pixels, in at most 256 colours
shot() {
  import -window "$window" -crop "+0+$2" +repage png:- | pngquant --quality 80-100 --strip - >"$here/.github/images/$1.png"
  kill "$terminal"
  wait "$terminal" || true
}

# session NAME THEME COLORFGBG BACKGROUND FOREGROUND
session() {
  fgbg=$3
  repository
  cat >/home/dev/.claude.json <<END
{ "hasCompletedOnboarding": true, "theme": "$2", "numStartups": 5, "lastOnboardingVersion": "99.0.0",
  "projects": { "/home/dev/tides": { "hasTrustDialogAccepted": true, "hasCompletedProjectOnboarding": true } } }
END
  cat >/home/dev/.claude/settings.json <<END
{ "statusLine": { "type": "command", "command": "plimsoll display", "refreshInterval": 1 },
  "permissions": { "defaultMode": "acceptEdits" } }
END
  terminal "$4" "$5" 26 -d /home/dev/tides env ANTHROPIC_BASE_URL=http://127.0.0.1:$port \
    CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-loopback-only CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 \
    DISABLE_AUTOUPDATER=1 claude
  sleep 8
  for prompt in 'why is low water an hour late?' 'fix it, with a test'; do
    xdotool type --window "$window" --delay 20 "$prompt"
    xdotool key --window "$window" Return
    sleep 8
  done
  # The client leaves the first two rows of a full screen blank.
  shot "$1" 50
}

session line-dark dark '15;0' '#16181d' '#d8dbe2'
session line-light light '0;15' '#fbfaf7' '#24262b'

rm -r /home/dev/.claude.json /home/dev/.claude
fgbg='15;0'
terminal '#16181d' '#d8dbe2' 24 sh -c '
  show() {
    [ "$1" = plain ] && [ "$2" = harbor-dark ] && [ "$3" = busy ] || echo
    echo "style $1, theme $2"
    plimsoll preview --sample "$3" --width 96 --style "$1" --theme "$2" | sed "1d; /^$/d"
  }
  show plain harbor-dark busy; show plain harbor-dark near; show powerline fjord-dark busy
  show capsule ember-dark busy; show plain orchid-dark busy; show powerline clear-dark near
  printf "\\033[?25l"; sleep 60'
sleep 3
shot looks 0
