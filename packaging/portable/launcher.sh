#!/bin/sh
# Skerry @VERSION@ in one file: this script, and behind it an archive with all that Skerry needs but the
# kernel and an X server's clients. It is unpacked once, into a folder of this user's, and started there.
set -u
umask 077
id=@ID@
sum=@SUM@
octets=@OCTETS@
loader=@LOADER@

fail() {
  printf 'skerry: %s\n' "$*" >&2
  exit 1
}

# --unpack-dir is for this script alone.
unpack_dir=${SKERRY_UNPACK_DIR:-}
arguments=$#
while [ "$arguments" -gt 0 ]; do
  argument=$1
  shift
  arguments=$((arguments - 1))
  case $argument in
    --unpack-dir)
      [ "$arguments" -gt 0 ] || fail "--unpack-dir needs a folder, for example --unpack-dir /scratch/$(id -un)."
      unpack_dir=$1
      shift
      arguments=$((arguments - 1))
      ;;
    --unpack-dir=*) unpack_dir=${argument#*=} ;;
    --)
      # What follows is the program to run and its own options.
      set -- "$@" --
      while [ "$arguments" -gt 0 ]; do
        set -- "$@" "$1"
        shift
        arguments=$((arguments - 1))
      done
      ;;
    *) set -- "$@" "$argument" ;;
  esac
done

line_end='
'
reasons=
note() {
  reasons="$reasons
  $*"
}

# Starts what lies in a folder.
run() {
  # A clean-up of old versions goes by this.
  touch -c "$1/complete" 2>/dev/null
  export SKERRY_BUNDLE="$1" DENO_DIR="$1/cache" DENO_NO_UPDATE_CHECK=1
  shift
  exec "$SKERRY_BUNDLE/lib/$loader" --library-path "$SKERRY_BUNDLE/lib" --argv0 skerry \
    "$SKERRY_BUNDLE/bin/deno" run --quiet --no-config --no-lock --no-npm --no-remote --unstable-net \
    @PERMISSIONS@ "$SKERRY_BUNDLE/app/src/skerry.js" "$@"
}

# Others must not be able to change what is run: it is this user's, or root's, whom all have to trust.
is_ours() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 1
  [ ! -O "$1" ] || return 0
  listing=$(ls -ldn "$1")
  case $listing in
    ?????w* | ????????w*) return 1 ;;
  esac
  # shellcheck disable=SC2086 # its third word
  set -- $listing
  [ "$3" = 0 ]
}

sleep_a_little() {
  sleep 0.1 2>/dev/null || sleep 1
}

# Process numbers mean something in their own namespace only.
place=$(readlink /proc/self/ns/pid 2>/dev/null | tr -cd 0-9)
place=${place:-0}@$(uname -n)

# What a killed start has left behind.
sweep() {
  for left in "$1"/.unpacking-*; do
    [ -d "$left" ] || continue
    case $left in
      *"-$place-"*) kill -0 "${left##*-}" 2>/dev/null || rm -rf "$left" ;;
      *) [ -z "$(find "$left" -prune -mtime +1 2>/dev/null)" ] || rm -rf "$left" ;;
    esac
  done
  for old in "$1"/*/complete; do
    [ -n "$(find "$old" -mtime +30 2>/dev/null)" ] || continue
    rm -rf "${old%/complete}"
  done
}

# Waits for another start that unpacks the same; gives up waiting when that one is gone, or slow.
wait_for_other() {
  waited=0
  while [ "$waited" -lt 300 ] && ! [ -f "$2/complete" ]; do
    if (set -C && echo "$place $$" >"$1") 2>/dev/null; then
      locked=$1
      return
    fi
    read -r owner_place owner <"$1" 2>/dev/null || owner_place=
    # Half written, or gone by now: look again.
    if [ -n "$owner_place" ] && [ "$owner_place" = "$place" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -f "$1"
      continue
    fi
    sleep_a_little
    waited=$((waited + 1))
  done
}

unpack() {
  folder=$1
  target=$folder/$id
  locked=
  work=$folder/.unpacking-$place-$$
  trap 'rm -rf "$work" ${locked:+"$locked"}' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  wait_for_other "$folder/.lock-$id" "$target"
  if ! [ -f "$target/complete" ]; then
    sweep "$folder"
    if ! mkdir "$work" 2>/dev/null; then
      note "$folder: cannot be written"
    elif ! said=$({ tail -c "$octets" "$0" | gzip -dc | tar -xf - -C "$work"; } 2>&1); then
      note "$folder: unpacking failed: ${said%%"$line_end"*}"
    elif ! "$work/lib/$loader" --verify "$work/bin/deno" 2>/dev/null; then
      note "$folder: programs cannot be run from there (is it mounted noexec?)"
    else
      : >"$work/complete"
      # Another start may have been quicker after all.
      [ -d "$target" ] || mv "$work" "$target" 2>/dev/null
      rm -rf "$target/${work##*/}"
    fi
  fi
  rm -rf "$work" ${locked:+"$locked"}
  trap - EXIT HUP INT TERM
  [ -f "$target/complete" ]
}

# The archive's own hash: a download that was cut short, or changed, is not unpacked.
intact() {
  [ "$checked" = no ] || return 0
  checked=yes
  if command -v sha256sum >/dev/null 2>&1; then
    read -r found _ <<EOF
$(tail -c "$octets" "$0" | sha256sum)
EOF
    [ "$found" = "$sum" ] ||
      fail "The file \"$0\" is damaged: its archive has another hash than it should. Download it again."
  fi
}
checked=no

bases=$unpack_dir
if [ -z "$bases" ]; then
  bases="${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
${XDG_RUNTIME_DIR:-}"
fi
IFS=$line_end
for base in $bases; do
  unset IFS
  [ -n "$base" ] || continue
  folder=$base/skerry
  if is_ours "$folder" && is_ours "$folder/$id" && [ -f "$folder/$id/complete" ]; then
    run "$folder/$id" "$@"
  fi
  if ! mkdir -p "$folder" 2>/dev/null; then
    note "$folder: cannot be made"
    continue
  fi
  if ! is_ours "$folder"; then
    note "$folder: belongs to somebody else"
    continue
  fi
  chmod 700 "$folder" 2>/dev/null
  intact
  if unpack "$folder"; then run "$folder/$id" "$@"; fi
done
fail "There is no folder to unpack into:$reasons
Name one that is yours and can hold programs: --unpack-dir FOLDER, or SKERRY_UNPACK_DIR."
exit 1
