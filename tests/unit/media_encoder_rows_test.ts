/**
 * The rows of the catalogue whose elements few machines have: what they are told, and in which units.
 * Everything else about an encoder is tested with those that are installed.
 */

import assert from "node:assert/strict";
import type { Element } from "../../ffi/mod.ts";
import { encoderCatalogue, type EncoderOptions } from "../../src/media/encoder_catalogue.ts";

const OPTIONS: EncoderOptions = { fps: 60, bitrateKbit: 8000, threads: 4 };
/** A burst of 100 ms, in kbit. */
const BURST = "800";

/**
 * What each must be told, after the elements' documentation: constant bit rate of low delay, no frame
 * that waits for a later one, no keyframe by itself, and no more than a burst at once.
 */
const ROWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nvh264enc: {
    ...{ "rc-mode": "cbr-ld-hq", "zerolatency": "true", "bframes": "0", "rc-lookahead": "0" },
    ...{ "gop-size": "-1", "vbv-buffer-size": BURST },
  },
  vah264enc: {
    ...{ "rate-control": "cbr", "b-frames": "0", "ref-frames": "1", "cpb-size": BURST },
  },
  vaapih264enc: { "rate-control": "cbr", "max-bframes": "0", "cpb-length": "100" },
  nvh265enc: {
    ...{ "rc-mode": "cbr-ld-hq", "zerolatency": "true", "bframes": "0", "rc-lookahead": "0" },
    ...{ "gop-size": "-1", "vbv-buffer-size": BURST },
  },
  vah265enc: {
    ...{ "rate-control": "cbr", "b-frames": "0", "ref-frames": "1", "cpb-size": BURST },
  },
  vaapih265enc: { "rate-control": "cbr", "max-bframes": "0", "cpb-length": "100" },
  nvav1enc: {
    ...{ "rate-control": "cbr", "tune": "ultra-low-latency", "zero-reorder-delay": "true" },
    ...{ "b-frames": "0", "rc-lookahead": "0", "gop-size": "-1", "vbv-buffer-size": BURST },
  },
  // Groups of golden frames and hierarchies would reorder.
  vaav1enc: {
    ...{ "rate-control": "cbr", "gf-group-size": "1", "hierarchical-level": "1" },
    ...{ "cpb-size": BURST },
  },
  svtav1enc: { "parameters-string": "pred-struct=1:rc=2:lookahead=0:scm=1:scd=0" },
  rav1enc: { "low-latency": "true", "rdo-lookahead-frames": "1" },
};

/** The property that takes the bit rate, and how many of its units are a kbit/s. */
const BITRATES: Readonly<Record<string, readonly [property: string, units: number]>> = {
  svtav1enc: ["target-bitrate", 1],
  rav1enc: ["bitrate", 1000],
};

/** What comes out of the last element of a row, by codec. */
const OUTPUTS = {
  h264: /h264parse config-interval=-1 ! video\/x-h264,stream-format=byte-stream,alignment=au$/,
  hevc: /h265parse config-interval=-1 ! video\/x-h265,stream-format=byte-stream,alignment=au$/,
  av1: /av1parse ! video\/x-av1,stream-format=obu-stream,alignment=tu$/,
} as const;

/** An element that keeps what it is told. */
class ToldElement implements Pick<Element, "has" | "set"> {
  readonly told: Record<string, string> = {};
  readonly #lacks: (property: string) => boolean;

  constructor(lacks: (property: string) => boolean = () => false) {
    this.#lacks = lacks;
  }

  has(property: string): boolean {
    return !this.#lacks(property);
  }

  set(property: string, value: string): void {
    if (!this.has(property)) throw new TypeError(`It has no "${property}"`);
    this.told[property] = value;
  }
}

const asElement = (element: ToldElement) => element as unknown as Element;

for (const [name, wanted] of Object.entries(ROWS)) {
  const row = encoderCatalogue.find((each) => each.name === name)!;
  const [bitrate, units] = BITRATES[name] ?? ["bitrate", 1];

  Deno.test(`the row of ${name} makes a stream of low delay`, () => {
    const element = new ToldElement();
    row.tune!(asElement(element), OPTIONS);
    for (const [property, value] of Object.entries(wanted)) {
      assert.equal(element.told[property], value, property);
    }
  });

  Deno.test(`the row of ${name} does without properties that a version lacks`, () => {
    const [lacking] = Object.keys(wanted);
    const element = new ToldElement((property) => property === lacking);
    row.tune!(asElement(element), OPTIONS);
    const { [lacking!]: _, ...rest } = wanted;
    for (const [property, value] of Object.entries(rest)) {
      assert.equal(element.told[property], value, property);
    }
    row.tune!(asElement(new ToldElement(() => true)), OPTIONS);
  });

  Deno.test(`the row of ${name} takes the bit rate in the element's unit, at first and later`, () => {
    const launch = row.launch(OPTIONS);
    assert.ok(launch.startsWith(`${name} name=encoder `), launch);
    assert.ok(launch.includes(` ${bitrate}=${8000 * units} `), launch);
    assert.match(launch, OUTPUTS[row.codec as keyof typeof OUTPUTS]);
    const element = new ToldElement();
    row.setBitrate(asElement(element), 3000);
    assert.deepEqual(element.told, { [bitrate]: `${3000 * units}` });
  });
}

Deno.test("every encoder of the catalogue that a graphics card runs is among these rows", () => {
  const hardware = encoderCatalogue.filter(({ hardware }) => hardware).map(({ name }) => name);
  assert.ok(hardware.length > 0);
  for (const name of hardware) assert.ok(Object.hasOwn(ROWS, name), name);
});
