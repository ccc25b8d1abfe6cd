#!/bin/sh
# Makes one executable, dist/skerry, of the server and the built client.
#
#   sh compile.sh [--target TRIPLE] [--output FILE]
#
# or, with GStreamer, an X server and all libraries in it, dist/skerry-portable:
#
#   sh compile.sh --portable [--without-gpl] [--quick] [--output FILE]
#
# which takes minutes; with --quick less, and the file is larger.
#
# DENO        the Deno to use; default: deno
# DENORT_BIN  the runtime to put in, for machines that cannot fetch it (Deno's own variable)
set -eu
cd "$(dirname "$0")"

fail() {
  printf 'compile.sh: %s\n' "$*" >&2
  exit 1
}

target=
output=
portable=
without_gpl=
quick=
while [ $# -gt 0 ]; do
  case $1 in
    --target) [ $# -gt 1 ] || fail "--target needs a value, for example aarch64-unknown-linux-gnu."; target=$2; shift 2 ;;
    --output) [ $# -gt 1 ] || fail "--output needs a value, for example dist/skerry."; output=$2; shift 2 ;;
    --portable) portable=yes; shift ;;
    --without-gpl) without_gpl=--without-gpl; shift ;;
    --quick) quick=--quick; shift ;;
    *) fail "The option \"$1\" is not known. There are --target TRIPLE, --portable, --without-gpl, --quick and --output FILE." ;;
  esac
done

deno=${DENO:-deno}
command -v "$deno" >/dev/null 2>&1 ||
  fail "There is no Deno. Run this as: npx -y deno@2.9.6 task compile"

if [ -n "${DENORT_BIN:-}" ]; then
  [ -f "$DENORT_BIN" ] || fail "There is no file \"$DENORT_BIN\" (DENORT_BIN)."
fi

version=$("$deno" eval 'import c from "./deno.json" with { type: "json" }; console.log(c.version)')
"$deno" run --allow-read src/setup/client_is_current.ts || "$deno" task -q build

if [ -n "$portable" ]; then
  [ -z "$target" ] || fail "--portable makes a file for this kind of machine: it takes this system's libraries."
  # What cannot be installed here is left out of the file, or named by the build if nothing works without.
  "$deno" run --allow-read --allow-env --allow-run --allow-sys=uid src/setup/main.ts \
    --if-needed --for portable || true
  "$deno" run -A packaging/portable/build.ts $without_gpl $quick --output "${output:-dist/skerry-portable}"
  exit
fi
[ -z "$without_gpl$quick" ] ||
  fail "--without-gpl and --quick go with --portable: without that, no encoder is put in."
output=${output:-dist/skerry}

# Everything is made in a folder of its own and moved into place once it is known to work.
mkdir -p "$(dirname "$output")"
work=$(mktemp -d "$(dirname "$output")/.compile-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The same permissions as `deno task start`, so that both fail alike.
permissions=$("$deno" eval '
  import c from "./deno.json" with { type: "json" };
  console.log(c.tasks.start.command.match(/--allow-\S+/g).join(" "));')

# Deno takes files without an ending for scripts, and overflows its stack on the megabytes of numbers
# among the tests of bintrees (of prom-client's). The cache's folder between is the registry's name.
"$deno" cache --quiet main.ts
npm_cache=$("$deno" eval --no-config '
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  console.log(JSON.parse(new TextDecoder().decode(stdout)).npmCache);')
set --
for folder in "$npm_cache"/*/bintrees/*/test; do
  [ ! -d "$folder" ] || set -- "$@" --exclude "$folder"
done

# shellcheck disable=SC2086 # a list of options
if ! "$deno" compile --quiet --no-check $permissions --include web/dist "$@" \
  ${target:+--target "$target"} --output "$work/skerry" main.ts 2>"$work/log"; then
  cat "$work/log" >&2
  if grep -q 'denort' "$work/log"; then
    fail "Deno could not fetch denort, the runtime that goes into the executable.
Where the network keeps it from that, download denort of \"$("$deno" --version | head -n 1)\"${target:+
for $target} from Deno's releases elsewhere, unpack it here, and run:
DENORT_BIN=/path/to/denort sh compile.sh${target:+ --target $target}"
  fi
  fail "Deno could not make the executable."
fi
cat "$work/log" >&2

if [ -z "$target" ]; then
  said=$("$work/skerry" --version 2>&1 | head -n 1) || true
  [ "$said" = "skerry $version" ] || fail "The executable does not run: it says \"$said\".${DENORT_BIN:+
Is \"$DENORT_BIN\" the denort of this Deno, and not Deno itself?}"
fi

mv -f "$work/skerry" "$output"
echo "$output"
