import type { ClipboardContent } from "../protocol/clipboard_exchange.ts";
import type { ClipboardType } from "../protocol/clipboard_message.ts";

/** The same content, read but once, and with the sizes of what was read. */
export function cachedContent(content: ClipboardContent): ClipboardContent {
  const reads = new Map<ClipboardType, Promise<Uint8Array>>();
  const sizes = new Map<ClipboardType, number>();
  return {
    types: content.types,
    size: (type) => sizes.get(type) ?? content.size?.(type),
    read: (type) => {
      const known = reads.get(type);
      if (known !== undefined) return known;
      const read = content.read(type);
      reads.set(type, read);
      read.then(({ length }) => sizes.set(type, length), () => reads.delete(type));
      return read;
    },
  };
}

/**
 * Whether two contents are the same to whoever pastes: their text is, or, without any, their image.
 *
 * @throws what reading either throws.
 */
export async function sameContent(a: ClipboardContent, b: ClipboardContent): Promise<boolean> {
  for (const type of ["text/plain", "text/html", "image/png"] as const) {
    const [inA, inB] = [a.types.includes(type), b.types.includes(type)];
    if (inA !== inB) return false;
    if (!inA) continue;
    const [left, right] = await Promise.all([a.read(type), b.read(type)]);
    return equal(left, right);
  }
  return false;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
