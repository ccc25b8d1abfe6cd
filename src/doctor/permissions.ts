/**
 * Whether this user may do what a session does with files and devices, and others may not.
 *
 * @module
 */

import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { SessionDirectory } from "../display/session_directory.ts";
import type { Settings } from "../settings.ts";
import { userPath } from "../user_path.ts";
import { type Finding, messageOf } from "./finding.ts";

/** Where X servers put their sockets: only root may make it, for all (Xtrans). */
const X_SOCKETS = "/tmp/.X11-unix";

/** Files of secrets, the session's own directory, and what else it reads and writes. */
export async function checkPermissions(settings: Settings): Promise<Finding[]> {
  const { display, files, passwordFile, tlsKey, tokenFile, urlFile } = settings;
  const found: (Finding | undefined)[] = [await checkSessionDirectory()];
  if (display === "new") found.push(checkXSockets());
  if (files.kind === "directory") found.push(await checkFiles(userPath(files.path)));
  const secrets = {
    "--token-file": tokenFile,
    "--password-file": passwordFile,
    "--tls-key": tlsKey,
  };
  for (const [flag, path] of Object.entries(secrets)) {
    if (path !== undefined) found.push(await checkSecret(flag, path));
  }
  if (urlFile !== undefined) found.push(await checkWritable("--url-file", dirname(urlFile)));
  found.push(await checkGraphicsCards());
  return found.filter((finding) => finding !== undefined);
}

async function checkSessionDirectory(): Promise<Finding> {
  const what = "the session's directory";
  try {
    await using directory = SessionDirectory.create();
    return { verdict: "ok", what, detail: dirname(directory.path) };
  } catch (error) {
    const advice = "Set XDG_RUNTIME_DIR or TMPDIR to a directory that this user can write to";
    return { verdict: "missing", what, detail: messageOf(error), advice };
  }
}

function checkXSockets(): Finding | undefined {
  const what = X_SOCKETS;
  try {
    const { mode, uid } = Deno.statSync(X_SOCKETS);
    const open = ((mode ?? 0) & 0o1777) === 0o1777;
    if (open && (uid === 0 || uid === Deno.uid())) return undefined;
    return {
      verdict: "worse",
      what,
      detail: open
        ? "belongs to another user, who can take a display's place"
        : "is not open to all",
      advice: `Ask an administrator: chown root ${X_SOCKETS}; chmod 1777 ${X_SOCKETS}`,
    };
  } catch {
    if (Deno.uid() === 0) return undefined;
    return {
      verdict: "worse",
      what,
      detail: "is not there, and only root can make it: some programs will not find the display",
      advice: `Ask an administrator: mkdir -m 1777 ${X_SOCKETS}`,
    };
  }
}

async function checkFiles(path: string): Promise<Finding> {
  // It is made if it is missing, in what is there.
  let there = path;
  while (there !== "/" && !await can(there, constants.F_OK)) there = dirname(there);
  return await checkWritable("--files", there);
}

async function checkWritable(what: string, directory: string): Promise<Finding> {
  return await can(directory, constants.W_OK | constants.X_OK)
    ? { verdict: "ok", what, detail: directory }
    : {
      verdict: "worse",
      what,
      detail: `this user cannot write to "${directory}"`,
      advice: `Name another place: ${what}`,
    };
}

/** Others must not read it. */
async function checkSecret(what: string, path: string): Promise<Finding> {
  if (!await can(path, constants.R_OK)) {
    return { verdict: "missing", what, detail: `this user cannot read "${path}"` };
  }
  const mode = (await Deno.stat(path)).mode ?? 0;
  return (mode & 0o077) === 0 ? { verdict: "ok", what, detail: path } : {
    verdict: "worse",
    what,
    detail: `other users may read "${path}"`,
    advice: `Keep it for yourself: chmod 600 "${path}"`,
  };
}

/** Without leave to use a card that is there, its encoders look as if they were missing. */
async function checkGraphicsCards(): Promise<Finding | undefined> {
  const what = "graphics card";
  const nodes: string[] = [];
  try {
    for await (const { name } of Deno.readDir("/dev/dri")) {
      if (name.startsWith("renderD")) nodes.push(`/dev/dri/${name}`);
    }
  } catch {
    // There is none.
  }
  if (nodes.length === 0) return undefined;
  for (const node of nodes) {
    if (await can(node, constants.R_OK | constants.W_OK)) {
      return { verdict: "ok", what, detail: node };
    }
  }
  return {
    verdict: "worse",
    what,
    detail: `this user may not use ${nodes.join(", ")}`,
    advice: "Become a member of its group (often: render), so that it can encode",
  };
}

function can(path: string, what: number): Promise<boolean> {
  return access(path, what).then(() => true, () => false);
}
