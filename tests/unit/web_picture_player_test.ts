import assert from "node:assert/strict";
import { encodeVideoMessage } from "../../src/protocol/video_message.ts";
import { decoderOf } from "../../web/worker/codec_family.ts";
import { DECODER_SAMPLES } from "../../web/worker/decoder_samples.ts";
import type { DecodedFrame, DecoderEvents } from "../../web/worker/picture_decoder.ts";
import { PicturePlayer } from "../../web/worker/picture_player.ts";
import type { PictureWay, WayName } from "../../web/worker/picture_way.ts";
import { ServerClock } from "../../web/worker/server_clock.ts";
import { StatisticsCollector } from "../../web/worker/statistics.ts";

/** What a way does with each access unit. */
type Habit = "shows" | "holds" | "fails" | "fails at H.264";

/** What each way decodes. */
const DECODERS: Readonly<Record<WayName, readonly string[]>> = {
  webcodecs: ["h264", "h264-444", "vp8"],
  wasm: ["h264-constrained-baseline", "jpeg"],
  mse: ["h264", "h264-constrained-baseline", "jpeg"],
  jpeg: ["jpeg"],
};

class Bench {
  now = 0;
  readonly changes: string[] = [];
  readonly troubles: (string | undefined)[] = [];
  readonly closed: string[] = [];
  readonly drawn: string[] = [];
  readonly player: PicturePlayer;
  #sequence = 0;

  constructor(ways: Partial<Record<WayName, Habit | "missing" | "broken">>) {
    this.player = new PicturePlayer({
      ways: Object.entries(ways).map(([name, habit]) => ({
        name: name as WayName,
        open: () => {
          if (habit === "missing") return undefined;
          if (habit === "broken") throw new Error("It is not to be fetched");
          return this.#way(name as WayName, habit);
        },
      })),
      statistics: new StatisticsCollector(() => new ServerClock()),
      requestKeyframe: () => {},
      trouble: (trouble) => this.troubles.push(trouble?.error.name),
      resized: () => {},
      started: () => {},
      answered: () => undefined,
      changed: ({ name }, reason) => this.changes.push(reason === "" ? name : `${name}: ${reason}`),
      now: () => this.now,
    });
  }

  #way(name: WayName, habit: Habit): PictureWay {
    let codec = "";
    return {
      name,
      decoders: Promise.resolve(DECODERS[name]),
      createDecoder: (events: DecoderEvents<DecodedFrame>) => ({
        closed: false,
        configure: (config) => void (codec = config.codec),
        decode: ({ timestamp }) => {
          const fails = habit === "fails" || habit === "fails at H.264" && codec.startsWith("avc1");
          if (fails) throw new Error("It cannot");
          if (habit !== "holds") queueMicrotask(() => events.frame({ timestamp, close: () => {} }));
        },
        close: () => {},
      }),
      painter: {
        size: { width: 2, height: 2 },
        draw: () => void this.drawn.push(name),
        handedOver: () => {},
        png: () => Promise.resolve(new Blob()),
      },
      drawing: "",
      close: () => this.closed.push(name),
    };
  }

  async play(keyframe: boolean, codec = "avc1.42c01f"): Promise<void> {
    this.player.play(encodeVideoMessage({
      sequence: ++this.#sequence,
      keyframe,
      topOff: false,
      captureTime: this.#sequence,
      ...{ damageToGrab: 0, grab: 0, convert: 0, encode: 0, lastInput: 0, inputToGrab: 0 },
      changed: [],
      ...keyframe ? { config: { codec, codedWidth: 2, codedHeight: 2 } } : {},
      accessUnit: Uint8Array.of(1),
    }));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

Deno.test("PicturePlayer takes the first way that there is, at once", async () => {
  const bench = new Bench({ webcodecs: "missing", wasm: "broken", mse: "shows", jpeg: "shows" });
  assert.deepEqual(bench.changes, ["mse"]);
  assert.deepEqual(await bench.player.decoders(), DECODERS.mse);
  await bench.play(true);
  assert.deepEqual(bench.drawn, ["mse"]);
});

Deno.test("PicturePlayer says so when there is no way", async () => {
  const bench = new Bench({ webcodecs: "missing", wasm: "broken" });
  assert.deepEqual(await bench.player.decoders(), []);
  assert.deepEqual(bench.troubles, ["NoDecoderError"]);
  await bench.play(true);
  assert.deepEqual(bench.changes, []);
});

Deno.test("PicturePlayer goes on with the next way when one has failed, and ends with the last", async () => {
  const bench = new Bench({ wasm: "fails", mse: "shows" });
  for (let i = 0; i < 5; i++) await bench.play(true);
  assert.deepEqual(bench.changes, ["wasm", "mse: wasm failed: It cannot"]);
  assert.deepEqual(bench.closed, ["wasm"]);
  assert.deepEqual(bench.drawn, ["mse"]);
  assert.equal(bench.player.faults, 4);
  assert.deepEqual(bench.troubles, []);

  const last = new Bench({ wasm: "fails" });
  for (let i = 0; i < 5; i++) await last.play(true);
  assert.deepEqual(last.changes, ["wasm"]);
  assert.deepEqual(last.troubles, ["Error"]);
  // What is left to try is tried later, by a timer.
  last.player.restart();
  last.player.close();
});

Deno.test("PicturePlayer goes on with another codec when the decoder of one has failed", async () => {
  const bench = new Bench({ webcodecs: "fails at H.264", wasm: "shows" });
  for (let i = 0; i < 4; i++) await bench.play(true);
  const reason = "webcodecs: webcodecs failed: It cannot (h264)";
  assert.deepEqual(bench.changes, ["webcodecs", reason]);
  assert.deepEqual(await bench.player.decoders(), ["vp8"], "full colour is the same decoder");
  // What was on its way.
  for (let i = 0; i < 10; i++) await bench.play(true);
  assert.equal(bench.player.faults, 4);
  await bench.play(true, "vp8");
  assert.deepEqual(bench.drawn, ["webcodecs"]);
  assert.deepEqual([bench.closed, bench.troubles], [[], []]);

  // The server has no VP8 after all; it may say so more than once.
  bench.player.starve();
  bench.player.starve();
  assert.deepEqual(bench.changes.map((change) => change.split(":")[0]), [
    ...["webcodecs", "webcodecs", "wasm"],
  ]);
  assert.deepEqual(await bench.player.decoders(), DECODERS.wasm);
  await bench.play(true);
  assert.deepEqual(bench.drawn, ["webcodecs", "wasm"]);
  bench.player.close();
});

Deno.test("PicturePlayer leaves the way when the decoder of the last codec has failed", async () => {
  const bench = new Bench({ webcodecs: "fails", wasm: "shows" });
  for (const codec of ["avc1.f40014", "avc1.42c01f", "vp8"]) {
    for (let i = 0; i < 4; i++) await bench.play(true, codec);
  }
  assert.deepEqual(bench.changes, [
    "webcodecs",
    ...["h264-444", "h264"].map((name) => `webcodecs: webcodecs failed: It cannot (${name})`),
    "wasm: webcodecs failed: It cannot",
  ]);
  await bench.play(true);
  assert.deepEqual(bench.drawn, ["wasm"]);
  bench.player.close();
});

Deno.test("decoderOf() knows full colour by the codec string", () => {
  const names = DECODER_SAMPLES.map(({ codec }) => decoderOf(codec));
  assert.deepEqual(names, DECODER_SAMPLES.map(({ name }) => name));
  assert.equal(decoderOf("jpeg"), "jpeg");
});

Deno.test("PicturePlayer leaves a way that cannot keep up", async () => {
  const bench = new Bench({ wasm: "holds", mse: "shows" });
  await bench.play(true);
  for (let i = 0; i < 10; i++) await bench.play(false);
  assert.deepEqual(bench.changes, ["wasm"]);
  bench.now += 2000;
  await bench.play(false);
  assert.deepEqual(bench.changes, ["wasm", "mse: wasm cannot keep up"]);
  bench.player.close();
});

Deno.test("PicturePlayer leaves the browser's own decoder its frames", async () => {
  const bench = new Bench({ webcodecs: "holds", wasm: "shows" });
  await bench.play(true);
  for (let i = 0; i < 10; i++) await bench.play(false);
  bench.now += 2000;
  await bench.play(false);
  assert.deepEqual(bench.changes, ["webcodecs"]);
  bench.player.close();
});

Deno.test("PicturePlayer takes the way of JPEG if the server sends that", async () => {
  const bench = new Bench({ wasm: "shows", mse: "shows", jpeg: "shows" });
  await bench.play(true, "jpeg");
  assert.deepEqual(bench.drawn, ["jpeg"]);
  assert.match(bench.changes[1]!, /^jpeg: /);
  bench.player.close();
});
