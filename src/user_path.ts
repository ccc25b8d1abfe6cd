import { homedir } from "node:os";
import { resolve } from "node:path";

/** A path as users write it, made absolute: `~/` is the home, and else the current directory counts. */
export function userPath(path: string): string {
  return resolve(path.replace(/^~(?=\/|$)/, homedir()));
}
