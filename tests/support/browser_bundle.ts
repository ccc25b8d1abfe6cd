/**
 * A page for tests, with a script bundled as the client's are.
 *
 * @module
 */

/** @returns One script of a source and all that it imports. */
export async function bundle(entry: URL): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-bundle-" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--platform", "browser", "-o", `${folder}/page.js`, entry.href],
      cwd: new URL("../../", import.meta.url),
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return await Deno.readTextFile(`${folder}/page.js`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Serves one page with one script on a free port of loopback. */
export function servePage(script: string): { readonly url: string } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/page.js") {
      return new Response(script, { headers: { "content-type": "text/javascript" } });
    }
    return new Response(
      `<!doctype html><title>test</title><link rel="icon" href="data:,">` +
        `<script type="module" src="/page.js"></script>`,
      { headers: { "content-type": "text/html" } },
    );
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
