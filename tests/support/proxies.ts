/**
 * Real servers in front of Skerry, with the configurations that are delivered with it.
 *
 * @module
 */
import { until } from "./until.ts";

const CONFIGURATIONS = new URL("../../packaging/proxies/", import.meta.url);

/** The port that the delivered configurations name. */
const DOCUMENTED_PORT = /\b8080\b/g;

/** A server that passes requests on; disposing it ends it. */
export class Proxy implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(
    child: Deno.ChildProcess,
    folder: string,
    /** What comes before the page's own path, with a slash at both ends. */
    readonly path: string,
    readonly port: number,
  ) {
    this.#child = child;
    this.#folder = folder;
  }

  /** @param upstream Skerry's port. */
  static async nginx(upstream: number): Promise<Proxy> {
    return await Proxy.#start("/desk/", async (folder, port) => {
      await configuration("nginx-map.conf", `${folder}/nginx-map.conf`, upstream);
      await configuration("nginx.conf", `${folder}/skerry.conf`, upstream);
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
      await Deno.writeTextFile(
        `${folder}/nginx.conf`,
        `daemon off; pid ${folder}/pid; error_log stderr; events {}
        http {
          access_log off; ${temporary}
          include ${folder}/nginx-map.conf;
          server { listen 127.0.0.1:${port}; include ${folder}/skerry.conf; }
        }`,
      );
      return ["nginx", "-e", "stderr", "-c", `${folder}/nginx.conf`];
    });
  }

  /** @param upstream Skerry's port. */
  static async caddy(upstream: number): Promise<Proxy> {
    return await Proxy.#start("/desk/", async (folder, port) => {
      await configuration("Caddyfile", `${folder}/Caddyfile`, upstream);
      const site = await Deno.readTextFile(`${folder}/Caddyfile`);
      await Deno.writeTextFile(
        `${folder}/Caddyfile`,
        `{\n admin off\n auto_https off\n}\n${site.replace(/^:8081/m, `:${port}`)}`,
      );
      return ["caddy", "run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"];
    });
  }

  /** @param upstream Skerry's port, and the last part of the path. */
  static async apache(upstream: number): Promise<Proxy> {
    return await Proxy.#start(`/node/localhost/${upstream}/`, async (folder, port) => {
      await configuration("apache.conf", `${folder}/skerry.conf`, upstream);
      const modules = ["mpm_event", "authz_core", "proxy", "proxy_http", "headers"].map((name) =>
        `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`
      );
      const lines = [
        ...modules,
        `ServerName localhost`,
        `Listen 127.0.0.1:${port}`,
        `PidFile ${folder}/pid`,
        `DefaultRuntimeDir ${folder}`,
        `ErrorLog ${folder}/log`,
        `User nobody`,
        `Group nogroup`,
        `Include ${folder}/skerry.conf`,
      ];
      await Deno.writeTextFile(`${folder}/apache.conf`, lines.join("\n") + "\n");
      return ["apache2", "-D", "FOREGROUND", "-f", `${folder}/apache.conf`];
    });
  }

  /** OpenSSH's `-L`, by a server of its own. @param upstream Skerry's port, or the path of its socket. */
  static async ssh(upstream: number | string): Promise<Proxy> {
    const target = typeof upstream === "number" ? `127.0.0.1:${upstream}` : upstream;
    const daemon = await Proxy.#start("/", async (folder, port) => {
      await Deno.mkdir("/run/sshd", { recursive: true });
      for (const key of ["host", "user"]) {
        await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${key}`]);
      }
      const lines = [
        `ListenAddress 127.0.0.1:${port}`,
        `HostKey ${folder}/host`,
        `AuthorizedKeysFile ${folder}/user.pub`,
        "PermitRootLogin prohibit-password",
        "StrictModes no",
        "UsePAM no",
        "PidFile none",
      ];
      await Deno.writeTextFile(`${folder}/sshd_config`, lines.join("\n") + "\n");
      return ["/usr/sbin/sshd", "-D", "-e", "-f", `${folder}/sshd_config`];
    });
    try {
      const tunnel = await Proxy.#start("/", (_folder, port) =>
        Promise.resolve([
          ...["ssh", "-N", "-p", `${daemon.port}`, "-i", `${daemon.#folder}/user`],
          ...["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
          ...["-L", `127.0.0.1:${port}:${target}`, "root@127.0.0.1"],
        ]));
      tunnel.#behind = daemon;
      return tunnel;
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
  }

  #behind: Proxy | undefined;

  static async #start(
    path: string,
    prepare: (folder: string, port: number) => Promise<string[]>,
  ): Promise<Proxy> {
    const folder = await Deno.makeTempDir();
    const port = freePort();
    const [program, ...args] = await prepare(folder, port);
    const child = new Deno.Command(program!, {
      args,
      env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const proxy = new Proxy(child, folder, path, port);
    try {
      await until(`${program} listens on ${port}`, () => listens(port));
      return proxy;
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The address of Skerry's page by way of this server. @param url As Skerry prints it. */
  address(url: string): string {
    const { hash } = new URL(url);
    return `http://127.0.0.1:${this.port}${this.path}${hash}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
    await this.#behind?.[Symbol.asyncDispose]();
  }
}

async function configuration(name: string, target: string, port: number): Promise<void> {
  const text = await Deno.readTextFile(new URL(name, CONFIGURATIONS));
  await Deno.writeTextFile(target, text.replaceAll(DOCUMENTED_PORT, `${port}`));
}

async function run([program, ...args]: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program!, { args, stdin: "null" }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
