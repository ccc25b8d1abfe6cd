/** A secret cannot be read from its file. */
export class SecretFileError extends Error {
  override name = "SecretFileError";
}

/**
 * Reads a secret from a file, as container engines and systemd hand them over.
 *
 * @param option What names the file, for the message.
 * @returns The first line, without white space around it.
 * @throws {SecretFileError} if it cannot be read, or is empty.
 */
export async function readSecretFile(path: string, option: string): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "it is not there" : String(error);
    throw new SecretFileError(`${option} names "${path}", which cannot be read: ${reason}`);
  }
  const secret = text.split("\n")[0]!.trim();
  if (secret === "") throw new SecretFileError(`${option} names "${path}", which is empty`);
  return secret;
}
