/**
 * Real servers in front of Skerry, with the configurations that are delivered with it.
 *
 * @module
 */
import { until } from "./until.ts";

const CONFIGURATIONS = new URL("../../packaging/proxies/", import.meta.url);

/** The port that the delivered configurations name. */
const DOCUMENTED_PORT = /\b8080\b/g;

/** Milliseconds for a server to listen; those in Python take their time. */
const START_LIMIT_MS = 60_000;

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
    return await Proxy.#nginx("nginx.conf", upstream);
  }

  /**
   * nginx that signs people in.
   *
   * @param upstream Skerry's port.
   * @param users Their passwords.
   */
  static async nginxSigningIn(
    upstream: number,
    users: Readonly<Record<string, string>>,
  ): Promise<Proxy> {
    return await Proxy.#nginx("nginx-sign-in.conf", upstream, users);
  }

  static async #nginx(
    name: string,
    upstream: number,
    users: Readonly<Record<string, string>> = {},
  ): Promise<Proxy> {
    return await Proxy.start("/desk/", async (folder, port) => {
      await configuration("nginx-map.conf", `${folder}/nginx-map.conf`, upstream);
      await configuration(name, `${folder}/skerry.conf`, upstream);
      const site = await Deno.readTextFile(`${folder}/skerry.conf`);
      const passwords = `${folder}/htpasswd`;
      // For nginx's workers, who are somebody else (nginx: "{PLAIN}").
      const lines = Object.entries(users).map(([user, password]) => `${user}:{PLAIN}${password}\n`);
      await Deno.writeTextFile(passwords, lines.join(""));
      await Deno.chmod(folder, 0o755);
      await Deno.writeTextFile(
        `${folder}/skerry.conf`,
        site.replaceAll("/etc/nginx/skerry.htpasswd", passwords),
      );
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
    return await Proxy.start("/desk/", async (folder, port) => {
      await configuration("Caddyfile", `${folder}/Caddyfile`, upstream);
      const site = await Deno.readTextFile(`${folder}/Caddyfile`);
      await Deno.writeTextFile(
        `${folder}/Caddyfile`,
        `{\n admin off\n auto_https off\n}\n${site.replace(/^:8081/m, `:${port}`)}`,
      );
      return ["caddy", "run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"];
    });
  }

  /** @param upstream Skerry's port. */
  static async apache(upstream: number): Promise<Proxy> {
    return await Proxy.start("/desk/", async (folder, port) => {
      await configuration("apache.conf", `${folder}/skerry.conf`, upstream);
      return await apache(folder, port, `Include ${folder}/skerry.conf`);
    });
  }

  /**
   * Apache as Open OnDemand sets it up: a hook in Lua that sends requests to whichever host and port the
   * path names, with the `Host` of those; and cookies' paths are written anew.
   *
   * @param kind `node` passes on the whole path, `rnode` what follows the port.
   * @param upstream Skerry's port.
   */
  static async openOnDemand(kind: "node" | "rnode", upstream: number): Promise<Proxy> {
    return await Proxy.start(`/${kind}/127.0.0.1/${upstream}/`, async (folder, port) => {
      await Deno.writeTextFile(`${folder}/portal.lua`, PORTAL_HOOK);
      const uri = kind === "rnode" ? "(?<uri>/.*|)" : "";
      const prefix = `/${kind}/%{MATCH_HOST}e/%{MATCH_PORT}e`;
      return await apache(
        folder,
        port,
        `<LocationMatch "^/${kind}/(?<host>[^/]+)/(?<port>\\d+)${uri}">
          Header edit* Set-Cookie ";\\s*(?i)Path[^;]*" ""
          Header edit Set-Cookie "^([^;]+)" "$1; Path=${prefix}"
          LuaHookFixups ${folder}/portal.lua pass_on
        </LocationMatch>`,
      );
    });
  }

  /** OpenSSH's `-L`, by a server of its own. @param upstream Skerry's port, or the path of its socket. */
  static async ssh(upstream: number | string): Promise<Proxy> {
    const target = typeof upstream === "number" ? `127.0.0.1:${upstream}` : upstream;
    const daemon = await Proxy.start("/", async (folder, port) => {
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
      const tunnel = await Proxy.start("/", (_folder, port) =>
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

  /**
   * Starts a server on a free port of the loopback address, and waits until it listens.
   *
   * @param path What comes before the page's own path.
   * @param prepare Writes what it needs into a folder of its own, and gives the command.
   */
  static async start(
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
      await until(`${program} listens on ${port}`, () => listens(port), START_LIMIT_MS);
      return proxy;
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid;
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

/** What Open OnDemand's own hook asks of Apache's modules, and no more. */
const PORTAL_HOOK = `
require "apache2"
function pass_on(r)
  local env = r.subprocess_env
  local uri = env["MATCH_URI"] or r.uri
  if uri == "" then uri = "/" end
  if r.args then uri = uri .. "?" .. r.args end
  local scheme = r.headers_in["Upgrade"] and "ws" or "http"
  r.handler = "proxy-server"
  r.proxyreq = apache2.PROXYREQ_REVERSE
  r.filename = "proxy:" .. scheme .. "://" .. env["MATCH_HOST"] .. ":" .. env["MATCH_PORT"] .. uri
  r.headers_in["X-Forwarded-Proto"] = r.is_https and "https" or "http"
  return apache2.DECLINED
end
`;

async function apache(folder: string, port: number, site: string): Promise<string[]> {
  const names = [
    "mpm_event",
    "alias",
    "authz_core",
    "proxy",
    "proxy_http",
    "proxy_wstunnel",
    "headers",
    "lua",
  ];
  const modules = names.map((name) =>
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
    site,
  ];
  await Deno.chmod(folder, 0o755);
  await Deno.writeTextFile(`${folder}/apache.conf`, lines.join("\n") + "\n");
  return ["apache2", "-D", "FOREGROUND", "-f", `${folder}/apache.conf`];
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
