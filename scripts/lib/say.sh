# shellcheck shell=bash
# Steps with their seconds, and one clear message where a script cannot go on.

logs=.rempart/logs/setup

# step TEXT COMMAND...: runs COMMAND quietly and says how long it took; where it fails, shows its last words and ends.
step() {
  local text=$1 log start=$EPOCHREALTIME
  shift
  mkdir -p "$logs"
  log=$logs/$(tr -cs 'a-z0-9\n' - <<< "${text,,}").log
  printf '  %-58s' "$text"
  if "$@" > "$log" 2>&1; then
    printf '%7s s\n' "$(seconds_since "$start")"
  else
    printf ' failed\n'
    tail -n 15 "$log" | sed 's/^/      /' >&2
    fail "$text: failed; the whole output is in $log"
  fi
}

# shown TEXT COMMAND...: the same for a COMMAND that shows its own progress.
shown() {
  local text=$1 start=$EPOCHREALTIME
  shift
  echo "  $text"
  "$@" || fail "$text: failed"
  printf '  %-58s%7s s\n' "$text: done" "$(seconds_since "$start")"
}

seconds_since() {
  local now=$EPOCHREALTIME
  awk -v a="${1/,/.}" -v b="${now/,/.}" 'BEGIN { printf "%.1f", b - a }'
}

note() { echo "  $*"; }

fail() {
  printf 'rempart: %s\n' "$@" >&2
  exit 1
}
