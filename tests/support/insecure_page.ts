/**
 * The page as it is over plain HTTP from another host: no secure context, so without the browser's
 * decoders, AudioWorklet, WebTransport and clipboard.
 *
 * @module
 */
import type { WayName } from "../../web/worker/picture_way.ts";
import type { LaunchOptions } from "./browser.ts";

/** A name that no browser takes for this machine's, and that nobody can own (RFC 6761 §6.2). */
export const INSECURE_HOST = "desk.test";

/** Lets a browser find the host at 127.0.0.1. */
export const INSECURE: Pick<LaunchOptions, "args" | "preferences"> = {
  args: [`--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`],
  preferences: { "network.dns.localDomains": INSECURE_HOST },
};

/**
 * @param url As Skerry prints it.
 * @returns The same page from the other host.
 */
export function insecureUrl(url: string): string {
  const address = new URL(url);
  address.hostname = INSECURE_HOST;
  return address.href;
}

/** The page with a decoder of one's choice. */
export function withDecoder(url: string, decoder: WayName): string {
  const address = new URL(url);
  address.searchParams.set("decoder", decoder);
  return address.href;
}
