/**
 * X servers that run from any folder.
 *
 * An X server of Debian's looks for the keymap compiler in /usr/bin, by a path that no option changes.
 * In the copy, that path is one relative to the folder that the server is started in.
 *
 * @module
 */

const COMPILER_FOLDER = "/usr/bin";
const RELATIVE_FOLDER = "./bin";

/** The X server does not look where this can change it. */
export class XServerUnknownError extends Error {
  override name = "XServerUnknownError";
}

/**
 * @param program An X server's octets.
 * @returns A copy that runs `./bin/xkbcomp`.
 * @throws {XServerUnknownError} if it does not name the folder as expected.
 */
export function withRelativeCompiler(program: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const from = encoder.encode(`\0${COMPILER_FOLDER}\0`);
  // As long as what it replaces: the zeros end the string.
  const to = encoder.encode(`\0${RELATIVE_FOLDER}`.padEnd(from.length, "\0"));
  const copy = program.slice();
  let found = false;
  for (let at = indexOf(copy, from, 0); at >= 0; at = indexOf(copy, from, at + 1)) {
    copy.set(to, at);
    found = true;
  }
  if (!found) {
    throw new XServerUnknownError(`The X server does not look for xkbcomp in ${COMPILER_FOLDER}`);
  }
  return copy;
}

function indexOf(octets: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[1]!;
  for (let at = octets.indexOf(first, from + 1); at >= 0; at = octets.indexOf(first, at + 1)) {
    const start = at - 1;
    if (wanted.every((octet, index) => octets[start + index] === octet)) return start;
  }
  return -1;
}

/**
 * The script that starts it.
 *
 * @param name The X server's, such as `Xvfb`.
 * @param loader The file name of the dynamic linker.
 */
export function serverScript(name: string, loader: string): string {
  return `#!/bin/sh
# Debian's ${name}, with the libraries and keyboard data beside it.
folder=$(cd "$(dirname "$0")/.." && pwd)
cd "$folder/x" || exit 1
exec "$folder/lib/${loader}" --library-path "$folder/lib" --argv0 ${name} "$folder/x/${name}" \\
  -xkbdir "$folder/x/xkb" -extension GLX "$@"
`;
}

/** The script that the X servers know as xkbcomp; they start it in their own folder. */
export function compilerScript(loader: string): string {
  return `#!/bin/sh
exec "../lib/${loader}" --library-path "../lib" ./xkbcomp "$@"
`;
}
