/**
 * Whether processes can be given another view of the system here.
 *
 * @module
 */

/**
 * Whether this process may make mount namespaces: only root may, and in a root folder that is no mount of
 * its own even root may not (unshare(1), "--propagation").
 */
export function canUnshare(): boolean {
  try {
    const { success } = new Deno.Command("unshare", {
      args: ["--mount", "--propagation", "private", "true"],
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success;
  } catch {
    return false;
  }
}
