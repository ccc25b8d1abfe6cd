/**
 * Notes in the audit log who connects by which transport, and when and how each connection ends.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { ViewerGrant } from "./http/mod.ts";
import type { Transport } from "./protocol/flow.ts";

const log = getLogger(["skerry", "audit"]);

/** @param remote The browser's IP address; read anew at the end, since browsers roam. */
export function auditConnection(
  transport: Transport,
  { identity }: ViewerGrant,
  remote: () => string,
): void {
  const who = { user: identity.name, role: identity.role, transport: transport.kind };
  const begun = performance.now();
  log.info("{user} has connected from {remote} by {transport}.", {
    event: "connected",
    ...who,
    remote: remote(),
  });
  transport.closed.then(({ clean, code }) => {
    const { bytesReceived, bytesSent } = transport.statistics;
    log.info("{user} has disconnected from {remote} by {transport} after {seconds} s.", {
      event: "disconnected",
      ...who,
      remote: remote(),
      seconds: Math.round((performance.now() - begun) / 1000),
      clean,
      code,
      bytesSent,
      bytesReceived,
    });
  });
}
