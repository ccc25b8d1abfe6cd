/**
 * The values of PulseAudio's native protocol, each with a tag in front (PulseAudio's source,
 * pulsecore/tagstruct.h). Only what is used here can be written; what is skipped can be skipped.
 *
 * @module
 */

/** Tags, by their letters. */
const TAG = {
  string: 0x74,
  noString: 0x4e,
  u32: 0x4c,
  u8: 0x42,
  sampleSpec: 0x61,
  arbitrary: 0x78,
  yes: 0x31,
  no: 0x30,
  usec: 0x55,
  channelMap: 0x6d,
  volumes: 0x76,
  propertyList: 0x50,
  volume: 0x56,
} as const;

/** The other side says something that is not this protocol. */
export class PulseProtocolError extends Error {
  override name = "PulseProtocolError";
}

/** Builds one message. */
export class TagWriter {
  readonly #octets: number[] = [];

  u32(value: number): this {
    this.#octets.push(TAG.u32);
    return this.#plain(value);
  }

  /** @param value Undefined for none. */
  string(value: string | undefined): this {
    if (value === undefined) this.#octets.push(TAG.noString);
    else this.#octets.push(TAG.string, ...new TextEncoder().encode(value), 0);
    return this;
  }

  boolean(value: boolean): this {
    this.#octets.push(value ? TAG.yes : TAG.no);
    return this;
  }

  octets(value: Uint8Array): this {
    this.#octets.push(TAG.arbitrary);
    this.#plain(value.length);
    this.#octets.push(...value);
    return this;
  }

  /** Properties with values of text, such as `application.name`. */
  properties(values: Readonly<Record<string, string>>): this {
    this.#octets.push(TAG.propertyList);
    for (const [key, text] of Object.entries(values)) {
      const value = new TextEncoder().encode(`${text}\0`);
      this.string(key).u32(value.length).octets(value);
    }
    return this.string(undefined);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#octets);
  }

  #plain(value: number): this {
    this.#octets.push(value >>> 24, value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff);
    return this;
  }
}

/** Reads one message. Every method throws a {@link PulseProtocolError} at anything else than it is for. */
export class TagReader {
  readonly #view: DataView;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  }

  u32(): number {
    this.#expect(TAG.u32);
    return this.#take(4, (at) => this.#view.getUint32(at));
  }

  string(): string | undefined {
    const tag = this.#take(1, (at) => this.#view.getUint8(at));
    if (tag === TAG.noString) return undefined;
    if (tag !== TAG.string) throw new PulseProtocolError(`Tag ${tag} is no text's`);
    const { buffer, byteOffset } = this.#view;
    const rest = new Uint8Array(buffer, byteOffset + this.#at, this.#view.byteLength - this.#at);
    const length = rest.indexOf(0);
    if (length < 0) throw new PulseProtocolError("A text does not end");
    this.#at += length + 1;
    return new TextDecoder().decode(rest.subarray(0, length));
  }

  boolean(): boolean {
    const tag = this.#take(1, (at) => this.#view.getUint8(at));
    if (tag !== TAG.yes && tag !== TAG.no) {
      throw new PulseProtocolError(`Tag ${tag} is no boolean's`);
    }
    return tag === TAG.yes;
  }

  skipSampleSpec(): void {
    this.#expect(TAG.sampleSpec);
    this.#take(6, () => {});
  }

  skipChannelMap(): void {
    this.#expect(TAG.channelMap);
    this.#take(this.#take(1, (at) => this.#view.getUint8(at)), () => {});
  }

  skipVolumes(): void {
    this.#expect(TAG.volumes);
    this.#take(4 * this.#take(1, (at) => this.#view.getUint8(at)), () => {});
  }

  skipVolume(): void {
    this.#expect(TAG.volume);
    this.#take(4, () => {});
  }

  skipMicroseconds(): void {
    this.#expect(TAG.usec);
    this.#take(8, () => {});
  }

  skipProperties(): void {
    this.#expect(TAG.propertyList);
    while (this.string() !== undefined) {
      this.u32();
      this.#expect(TAG.arbitrary);
      this.#take(this.#take(4, (at) => this.#view.getUint32(at)), () => {});
    }
  }

  #expect(tag: number): void {
    const found = this.#take(1, (at) => this.#view.getUint8(at));
    if (found !== tag) throw new PulseProtocolError(`Tag ${found} is where ${tag} was expected`);
  }

  #take<T>(octets: number, read: (at: number) => T): T {
    const at = this.#at;
    if (at + octets > this.#view.byteLength) {
      throw new PulseProtocolError("A message ends too soon");
    }
    this.#at = at + octets;
    return read(at);
  }
}
