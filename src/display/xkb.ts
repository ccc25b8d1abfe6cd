/** Reading the keyboard map from the server: XkbGetMap, which the library lacks. */
import { Buffer } from "node:buffer";
import type { DisplayConnection, Extension } from "./connection.ts";
import { type Key, KeyboardMap, type KeyType } from "./keyboard_map.ts";

/** "The core keyboard", whichever device that is (XKB protocol, XkbUseCoreKbd). */
export const CORE_KEYBOARD = 0x100;

const GET_MAP = 8;
/** Key types, key symbols, modifier map: the parts of a map that are asked for. */
const PARTS = 1 | 2 | 4;

/**
 * Asks for the whole map. The request waits for `connection.flush()`.
 *
 * @param xkb The extension, from `connection.extension("xkb", …)`.
 */
export function getKeyboardMap(
  connection: DisplayConnection,
  xkb: Extension,
): Promise<KeyboardMap> {
  const packet = Buffer.alloc(28);
  packet.writeUInt8(xkb.majorOpcode, 0);
  packet.writeUInt8(GET_MAP, 1);
  packet.writeUInt16LE(7, 2);
  packet.writeUInt16LE(CORE_KEYBOARD, 4);
  packet.writeUInt16LE(PARTS, 6);
  return connection.rawRequest(packet, parseMap);
}

/**
 * Reads the reply (XKB protocol encoding, kbGetMap), of which the first eight octets are gone. The
 * parts come in the order types, symbols, modifier map, since no others were asked for.
 */
export function parseMap(body: Buffer): KeyboardMap {
  const typeCount = body.readUInt8(7);
  const firstKey = body.readUInt8(9);
  const keyCount = body.readUInt8(12);
  const modifierCount = body.readUInt8(25);
  let offset = 32;

  const types: KeyType[] = [];
  for (let i = 0; i < typeCount; i++) {
    const entryCount = body.readUInt8(offset + 5);
    const hasPreserve = body.readUInt8(offset + 6) !== 0;
    const type = { mask: body.readUInt8(offset), entries: [] as KeyType["entries"][number][] };
    offset += 8;
    for (let j = 0; j < entryCount; j++, offset += 8) {
      // An inactive entry is for a virtual modifier that no key is bound to.
      if (body.readUInt8(offset) === 0) continue;
      type.entries.push({
        modifiers: body.readUInt8(offset + 1),
        level: body.readUInt8(offset + 2),
      });
    }
    if (hasPreserve) offset += 4 * entryCount;
    types.push(type);
  }

  const keys = new Map<number, Key>();
  for (let i = 0; i < keyCount; i++) {
    const info = body.readUInt8(offset + 4);
    const width = body.readUInt8(offset + 5);
    const symbolCount = body.readUInt16LE(offset + 6);
    const typeIndexes = [...body.subarray(offset, offset + 4)];
    offset += 8;
    const symbols: number[] = [];
    for (let j = 0; j < symbolCount; j++, offset += 4) symbols.push(body.readUInt32LE(offset));
    const groups = typeIndexes.slice(0, info & 0x0f).map((index, group) => ({
      type: types[index] ?? { mask: 0, entries: [] },
      symbols: symbols.slice(group * width, (group + 1) * width),
    }));
    keys.set(firstKey + i, { groups, outOfRange: outOfRange(info) });
  }

  const modifierMap = new Map<number, number>();
  for (let i = 0; i < modifierCount; i++, offset += 2) {
    modifierMap.set(body.readUInt8(offset), body.readUInt8(offset + 1));
  }
  return new KeyboardMap(keys, modifierMap);
}

function outOfRange(info: number): Key["outOfRange"] {
  if ((info & 0xc0) === 0x40) return "clamp";
  if ((info & 0xc0) === 0x80) return { redirect: (info >> 4) & 3 };
  return "wrap";
}
