#!/bin/sh
# Skerry @VERSION@ in one file: this script, and behind it an archive with all that Skerry needs but the
# kernel and an X server's clients. It is unpacked once, into a folder of this user's, and started there.
set -u
umask 077
id=@ID@
# The archive's hash, the octet of this file at which it begins, and the octets of its first part: the
# program that unpacks the second.
sum=@SUM@
start=@START@
first=@FIRST@
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

# Libraries of graphics drivers are the host's, wherever its own linker would find them. They come last.
drivers=/usr/lib64:/usr/local/nvidia/lib64:/usr/lib/wsl/lib:/run/opengl-driver/lib
drivers=$drivers${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

# Runs a program of a folder by the linker that lies there; its own child programs inherit nothing of that.
linked() {
  linked_in=$1
  linked_name=$2
  shift 2
  "$linked_in/lib/$loader" --library-path "$linked_in/lib" "$linked_in/$linked_name" "$@"
}

# Whether a folder holds all of this version. Once a day each file is compared with its hash: folders of
# caches and scratch space are swept by others, and disks rot. A clean-up of old versions goes by that, too.
is_whole() {
  [ -f "$1/complete" ] && [ -x "$1/lib/$loader" ] && [ -f "$1/bin/deno" ] || return 1
  [ -O "$1/complete" ] && [ -n "$(find "$1/complete" -mtime +0 2>/dev/null)" ] || return 0
  if ! command -v sha256sum >/dev/null 2>&1 ||
    (cd "$1" && sha256sum -c SHA256SUMS >/dev/null 2>&1); then
    touch "$1/complete" 2>/dev/null
    return 0
  fi
  rm -f "$1/complete" 2>/dev/null
  return 1
}

# Starts what lies in a folder.
run() {
  export SKERRY_BUNDLE="$1" DENO_DIR="$1/cache" DENO_NO_UPDATE_CHECK=1
  shift
  exec "$SKERRY_BUNDLE/lib/$loader" --library-path "$SKERRY_BUNDLE/lib:$drivers" --argv0 skerry \
    "$SKERRY_BUNDLE/bin/deno" run --quiet --no-config --no-lock --no-npm --no-remote --unstable-net \
    @PERMISSIONS@ "$SKERRY_BUNDLE/app/src/skerry.js" "$@"
}

# Others must not be able to change what is run: it is this user's, or root's, whom all have to trust.
is_ours() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 1
  listing=$(ls -ldn "$1")
  case $listing in
    ?????w* | ????????w*) return 1 ;;
  esac
  [ ! -O "$1" ] || return 0
  # shellcheck disable=SC2086 # its third word
  set -- $listing
  [ "$3" = 0 ]
}

sleep_a_little() {
  sleep 0.1 2>/dev/null || sleep 1
}

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
  # Process numbers mean something in their own namespace only.
  place=$(readlink /proc/self/ns/pid 2>/dev/null | tr -cd 0-9)
  place=${place:-0}@$(uname -n)
  work=$folder/.unpacking-$place-$$
  trap 'rm -rf "$work" ${locked:+"$locked"}' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  wait_for_other "$folder/.lock-$id" "$target"
  if ! is_whole "$target"; then
    sweep "$folder"
    rm -rf "$target"
    if ! mkdir "$work" 2>/dev/null; then
      note "$folder: cannot be written"
    elif extract "$folder"; then
      : >"$work/complete"
      # Another start may have been quicker after all.
      [ -d "$target" ] || mv "$work" "$target" 2>/dev/null
      rm -rf "${target:?}/${work##*/}"
    fi
  fi
  rm -rf "$work" ${locked:+"$locked"}
  trap - EXIT HUP INT TERM
  [ -f "$target/complete" ]
}

# Unpacks into the working folder, and ends with an error if this file is not what it was when it was made.
extract() {
  payload | hash >"$work/.sum" &
  hashing=$!
  said=$({ payload | head -c "$first" | gzip -dc | tar -xf - -C "$work"; } 2>&1)
  unpacked=$?
  if [ "$unpacked" = 0 ]; then
    if ! linked "$work" bin/zstd -V >/dev/null 2>&1; then
      unpacked=noexec
    else
      said=$({ tail -c "+$((start + first))" "$0" | linked "$work" bin/zstd -dcq |
        tar -xf - -C "$work"; } 2>&1)
      unpacked=$?
    fi
  fi
  wait "$hashing"
  read -r found _ <"$work/.sum"
  [ "${found:-$sum}" = "$sum" ] ||
    fail "The file \"$0\" is damaged: its archive has another hash than it should. Download it again."
  rm -f "$work/.sum"
  case $unpacked in
    0) return 0 ;;
    noexec) note "$1: programs cannot be run from there (is it mounted noexec?)" ;;
    *) note "$1: unpacking failed: ${said%%"$line_end"*}" ;;
  esac
  return 1
}

payload() {
  tail -c "+$start" "$0"
}

hash() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum; else cat >/dev/null; fi
}

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
  if is_ours "$folder" && is_ours "$folder/$id" && is_whole "$folder/$id"; then
    run "$folder/$id" "$@"
  fi
  if ! mkdir -p "$folder" 2>/dev/null; then
    note "$folder: cannot be made"
    continue
  fi
  # What others could write to until now may hold anything.
  if [ -O "$folder" ] && ! is_ours "$folder"; then
    [ -L "$folder" ] || chmod 700 "$folder" 2>/dev/null
    rm -rf "${folder:?}/$id"
  fi
  if ! is_ours "$folder"; then
    note "$folder: belongs to somebody else, or others can write to it"
    continue
  fi
  if unpack "$folder"; then run "$folder/$id" "$@"; fi
done
fail "There is no folder to unpack into:$reasons
Name one that is yours and can hold programs: --unpack-dir FOLDER, or SKERRY_UNPACK_DIR."
exit 1
