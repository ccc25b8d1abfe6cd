import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";

/** Where a Skerry serves, by its settings. */
export type HealthAddress =
  & ({ readonly hostname: string; readonly port: number } | {
    /** Of its Unix socket; absolute. */
    readonly path: string;
  })
  & {
    /** Path of the page. */
    readonly basePath: string;
    readonly secure: boolean;
  };

/** Milliseconds. */
const PATIENCE = 5000;

/**
 * Asks a running Skerry whether it is well, as a container's health check does.
 *
 * @returns Whether it is, and what it said, or why it said nothing.
 */
export function askHealth(
  { basePath, secure, ...place }: HealthAddress,
): Promise<{ readonly well: boolean; readonly said: string }> {
  // To listen on all addresses is to listen on this one.
  const local = (name: string) => ({ "0.0.0.0": "127.0.0.1", "::": "::1" }[name] ?? name);
  const target = "path" in place
    ? { socketPath: place.path }
    : { host: local(place.hostname), port: place.port };
  return new Promise((resolve) => {
    const asked = (secure ? requestSecure : requestPlain)({
      ...target,
      path: `${basePath.replace(/\/+$/, "")}/healthz`,
      timeout: PATIENCE,
      // It is this machine that is asked, and nothing is told to it.
      rejectUnauthorized: false,
    }, (response) => {
      let said = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => said = (said + text).slice(0, 4096));
      response.on("end", () => resolve({ well: response.statusCode === 200, said: said.trim() }));
    });
    asked.on("timeout", () => asked.destroy(new Error(`no answer within ${PATIENCE} ms`)));
    asked.on("error", (error) => resolve({ well: false, said: error.message }));
    asked.end();
  });
}
