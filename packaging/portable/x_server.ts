/**
 * X servers that run from any folder.
 *
 * An X server of Debian's looks for the keymap compiler in /usr/bin, and has what that makes put into
 * /var/lib/xkb or /tmp, by paths that no option changes. In the copy, these are relative to the folder that
 * the server is started in: the session's own, which nobody else can enter.
 *
 * @module
 */

/** What paths are in Debian's X servers, and in the copies. */
const FOLDERS = [
  { from: "\0/usr/bin\0", to: "\0./bin" },
  // The compiler takes it to be in the keyboard data's folder, and so does the server. Nothing is before it.
  { from: "/var/lib/xkb/\0", to: "./" },
] as const;

/** The X server does not look where this can change it. */
export class XServerUnknownError extends Error {
  override name = "XServerUnknownError";
}

/**
 * @param program An X server's octets.
 * @returns A copy that runs `./bin/xkbcomp` and lets it write to the folder of the keyboard data.
 * @throws {XServerUnknownError} if it does not name the folders as expected.
 */
export function withRelativeFolders(program: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const copy = program.slice();
  for (const { from, to } of FOLDERS) {
    const wanted = encoder.encode(from);
    // As long as what it replaces: the zeros end the string.
    const put = encoder.encode(to.padEnd(from.length, "\0"));
    let found = false;
    for (let at = indexOf(copy, wanted, 0); at >= 0; at = indexOf(copy, wanted, at + 1)) {
      copy.set(put, at);
      found = true;
    }
    if (!found) {
      throw new XServerUnknownError(`The X server does not name ${from.replaceAll("\0", "")}`);
    }
  }
  return copy;
}

function indexOf(octets: Uint8Array, wanted: Uint8Array, from: number): number {
  // Its second octet is a rarer one than the zero that may be its first.
  const second = wanted[1]!;
  for (let at = octets.indexOf(second, from + 1); at >= 0; at = octets.indexOf(second, at + 1)) {
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
# Debian's ${name}, with the libraries and keyboard data beside it. It runs in the session's own folder,
# to which it writes.
folder=$(cd "$(dirname "$0")/.." && pwd)
cd "\${SKERRY_X_FOLDER:?}" && mkdir -p keyboard && ln -sf "$folder/x/xkb"/* keyboard/ &&
  ln -sfn "$folder/x/bin" bin || exit 1
exec "$folder/lib/${loader}" --library-path "$folder/lib" --argv0 ${name} "$folder/x/${name}" \\
  -xkbdir "$PWD/keyboard" -extension GLX "$@"
`;
}

/** The script that the X servers know as xkbcomp. */
export function compilerScript(loader: string): string {
  return `#!/bin/sh
folder=$(cd -P "$(dirname "$0")/.." && pwd)
exec "$folder/../lib/${loader}" --library-path "$folder/../lib" "$folder/xkbcomp" "$@"
`;
}
