import { PasswordFileError, passwordLine, Passwords } from "./http/mod.ts";

/** @throws {PasswordFileError} if the file cannot be read, or says what it cannot. */
export async function readPasswords(
  { auth, passwordFile }: { readonly auth: string; readonly passwordFile?: string | undefined },
): Promise<Passwords | undefined> {
  if (auth !== "password" || passwordFile === undefined) return undefined;
  let text: string;
  try {
    text = await Deno.readTextFile(passwordFile);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "it is not there" : String(error);
    throw new PasswordFileError(`The password file "${passwordFile}" cannot be read: ${reason}`);
  }
  return Passwords.parse(text);
}

/**
 * Asks for a password, on a terminal without showing it, or takes the first line of what is piped in.
 *
 * @returns A line for the password file.
 */
export async function askPassword(name: string, role: "control" | "view"): Promise<string> {
  const password = Deno.stdin.isTerminal()
    ? readHidden(`Password for ${name}: `)
    : await readLine();
  if (password === "") {
    throw new PasswordFileError("The password is empty. Type one, or pipe it in.");
  }
  return await passwordLine(name, role, password);
}

async function readLine(): Promise<string> {
  return (await new Response(Deno.stdin.readable).text()).split("\n")[0]!;
}

function readHidden(question: string): string {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  Deno.stderr.writeSync(encoder.encode(question));
  Deno.stdin.setRaw(true);
  try {
    const octets = new Uint8Array(64);
    let text = "";
    while (true) {
      const count = Deno.stdin.readSync(octets);
      if (count === null) return text;
      for (const letter of decoder.decode(octets.subarray(0, count), { stream: true })) {
        if (letter === "\r" || letter === "\n") return text;
        if (letter === "\x03") Deno.exit(130);
        text = letter === "\x7f" ? [...text].slice(0, -1).join("") : text + letter;
      }
    }
  } finally {
    Deno.stdin.setRaw(false);
    Deno.stderr.writeSync(encoder.encode("\n"));
  }
}
