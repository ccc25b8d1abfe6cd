/**
 * What is in the clipboard of the page's own computer.
 *
 * @module
 */

import type { ClipboardContent } from "../../src/protocol/clipboard_exchange.ts";
import type { ClipboardType } from "../../src/protocol/clipboard_message.ts";

export interface LocalContent {
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  /** A PNG file. */
  readonly image?: Uint8Array<ArrayBuffer> | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a paste event brings. To be called within the event. */
export async function pasted(data: DataTransfer): Promise<LocalContent> {
  const text = data.getData("text/plain");
  const html = data.getData("text/html");
  const file = [...data.files].find(({ type }) => type === "image/png");
  const image = file && new Uint8Array(await file.arrayBuffer());
  return { text: text || undefined, html: html || undefined, image };
}

export function isEmpty({ html, image, text }: LocalContent): boolean {
  return text === undefined && html === undefined && image === undefined;
}

/** Whether two contents are the same to whoever pastes. Browsers rewrite HTML as they like. */
export function isSame(a: LocalContent, b: LocalContent): boolean {
  if (a.text !== undefined || b.text !== undefined) return sameText(a.text, b.text);
  if (a.image !== undefined || b.image !== undefined) return sameOctets(a.image, b.image);
  return a.html === b.html;
}

/** What is offered to the server. */
export function toOffer(local: LocalContent): ClipboardContent {
  const octets = new Map<ClipboardType, Uint8Array>();
  if (local.text !== undefined) octets.set("text/plain", encoder.encode(local.text));
  if (local.html !== undefined) octets.set("text/html", encoder.encode(local.html));
  if (local.image !== undefined) octets.set("image/png", local.image);
  return {
    types: [...octets.keys()],
    size: (type) => octets.get(type)?.length,
    read: (type) => Promise.resolve(octets.get(type) ?? new Uint8Array()),
  };
}

/** One type of what the server has offered. */
export function withType(
  local: LocalContent,
  type: ClipboardType,
  octets: Uint8Array,
): LocalContent {
  switch (type) {
    case "text/plain":
      return { ...local, text: decoder.decode(octets) };
    case "text/html":
      return { ...local, html: decoder.decode(octets) };
    case "image/png":
      return { ...local, image: new Uint8Array(octets) };
  }
}

/** Windows ends its lines otherwise, and adds that to what it is given. */
function sameText(a: string | undefined, b: string | undefined): boolean {
  return a === b || a?.replaceAll("\r\n", "\n") === b?.replaceAll("\r\n", "\n");
}

function sameOctets(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && a.length === b?.length && a.every((octet, i) => octet === b[i]);
}
