import assert from "node:assert/strict";
import { encodeVideoMessage } from "../../src/protocol/video_message.ts";
import type { DecodedFrame, DecoderEvents } from "../../web/worker/picture_decoder.ts";
import { PicturePlayer } from "../../web/worker/picture_player.ts";
import type { PictureWay, WayName } from "../../web/worker/picture_way.ts";
import { ServerClock } from "../../web/worker/server_clock.ts";
import { StatisticsCollector } from "../../web/worker/statistics.ts";

/** What a way does with each access unit. */
type Habit = "shows" | "holds" | "fails";

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
    return {
      name,
      decoders: Promise.resolve([`h264 by ${name}`]),
      createDecoder: (events: DecoderEvents<DecodedFrame>) => ({
        closed: false,
        configure: () => {},
        decode: ({ timestamp }) => {
          if (habit === "fails") throw new Error("It cannot");
          if (habit === "shows") queueMicrotask(() => events.frame({ timestamp, close: () => {} }));
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
  assert.deepEqual(await bench.player.decoders(), ["h264 by mse"]);
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
