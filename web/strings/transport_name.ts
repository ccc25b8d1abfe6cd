/** Names that are the same in every language. */
const names: Readonly<Record<string, string>> = {
  websocket: "WebSocket",
  webtransport: "WebTransport",
};

/** @returns A transport as people know it. */
export function transportName(kind: string): string {
  return names[kind] ?? kind;
}
