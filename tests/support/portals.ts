/**
 * The portals that start Skerry themselves, with what is delivered for them.
 *
 * @module
 */
import { runCommand } from "./skerry_process.ts";
import { Proxy } from "./proxies.ts";
import { childrenOf } from "./remote_desktop.ts";
import { until } from "./until.ts";

const PACKAGING = new URL("../../packaging/", import.meta.url);

/** Makes a command `skerry` of the sources, and gives the `PATH` that has it. */
export async function pathWithSkerry(folder: string): Promise<string> {
  const command = runCommand().map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(`${folder}/skerry`, `#!/bin/sh\nexec ${command} "$@"\n`, {
    mode: 0o755,
  });
  return `${folder}:${Deno.env.get("PATH")}`;
}

/** Whether there is a Python that has jupyter-server-proxy. */
export function hasJupyter(): boolean {
  try {
    return new Deno.Command("python3", {
      args: ["-c", "import jupyter_server, jupyter_server_proxy"],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

/** A Jupyter server as a hub runs it for a user, below a path. */
export interface Jupyter extends AsyncDisposable {
  /** The address that the launcher's button opens. */
  readonly url: string;
  /** The process number of the Skerry that it started; it does so at the first visit. */
  skerry(): Promise<number>;
}

export async function startJupyter(): Promise<Jupyter> {
  const token = crypto.randomUUID();
  const base = "/user/ada/";
  const server = await Proxy.start(`${base}skerry/`, async (folder, port) => {
    const path = await pathWithSkerry(folder);
    const configuration = new URL("jupyter/jupyter_server_config.py", PACKAGING).pathname;
    return [
      ...["env", `PATH=${path}`, `JUPYTER_CONFIG_DIR=${folder}`, `JUPYTER_RUNTIME_DIR=${folder}`],
      ...["python3", "-m", "jupyter_server", "--allow-root", "--no-browser", `--port=${port}`],
      ...[`--config=${decodeURIComponent(configuration)}`, `--IdentityProvider.token=${token}`],
      ...[`--ServerApp.base_url=${base}`, `--ServerApp.root_dir=${folder}`],
    ];
  });
  try {
    const root = `http://127.0.0.1:${server.port}${base}`;
    const headers = { authorization: `token ${token}` };
    const answer = await fetch(`${root}server-proxy/servers-info`, { headers });
    const { server_processes: [entry] } = await answer.json();
    const url = new URL(entry.launcher_entry.path_info, root);
    url.searchParams.set("token", token);
    return {
      url: url.href,
      skerry: () => until("Jupyter has started Skerry", () => childrenOf(server.pid)[0]?.pid),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** What Open OnDemand runs on a compute node, after it has found a port and made a password. */
export async function openOnDemandJob(folder: string, port: number, password: string) {
  const script = decodeURIComponent(
    new URL("open-ondemand/template/script.sh", PACKAGING).pathname,
  );
  const env = {
    PATH: await pathWithSkerry(folder),
    port: `${port}`,
    password,
    PORTAL: "127.0.0.1",
  };
  return { program: [script], env };
}

/** The path and fragment of the button that Open OnDemand shows. */
export async function openOnDemandLink(values: Readonly<Record<string, string>>): Promise<string> {
  const view = await Deno.readTextFile(new URL("open-ondemand/view.html.erb", PACKAGING));
  const [, link = ""] = /href="([^"]+)"/.exec(view) ?? [];
  return link.replaceAll(/<%= (\w+) %>/g, (_, name) => values[name] ?? "");
}
