/**
 * A PNG writer for small images that are used once: uncompressed, synchronous, and not subject to
 * the noise that browsers add to what is read back from a canvas against fingerprinting.
 *
 * @module
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** The most that one stored block of deflate holds (RFC 1951 §3.2.4). */
const MOST_STORED = 0xffff;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/**
 * @param rgba width × height × 4 octets, straight alpha, rows from the top.
 * @returns A PNG file (PNG specification, third edition).
 * @throws {RangeError} if the pixels do not fit the size.
 */
export function encodePng(
  width: number,
  height: number,
  rgba: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (rgba.length !== width * height * 4 || rgba.length === 0) {
    throw new RangeError(`${rgba.length} octets are no image of ${width}x${height}`);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA, deflate, no filter method but 0, not interlaced
  const stride = width * 4;
  const rows = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    rows.set(rgba.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  }
  return concatenate([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", stored(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** zlib (RFC 1950) around deflate's stored blocks. */
function stored(octets: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let at = 0; at < octets.length; at += MOST_STORED) {
    const block = octets.subarray(at, at + MOST_STORED);
    const last = at + MOST_STORED >= octets.length ? 1 : 0;
    const { length } = block;
    parts.push(
      Uint8Array.of(last, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff),
      block,
    );
  }
  const check = new Uint8Array(4);
  new DataView(check.buffer).setUint32(0, adler32(octets));
  return concatenate([...parts, check]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const octets = new Uint8Array(12 + data.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, data.length);
  for (let index = 0; index < 4; index++) octets[4 + index] = type.charCodeAt(index);
  octets.set(data, 8);
  view.setUint32(8 + data.length, crc32(octets.subarray(4, 8 + data.length)));
  return octets;
}

function crc32(octets: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const octet of octets) crc = CRC_TABLE[(crc ^ octet) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffff_ffff) >>> 0;
}

function adler32(octets: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const octet of octets) {
    a = (a + octet) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
