import assert from "node:assert/strict";
import { type AudioMessage, decodeAudioMessage } from "../../src/protocol/audio_message.ts";
import type { Transport } from "../../src/protocol/flow.ts";
import { decodeMetadata } from "../../src/protocol/metadata.ts";
import { Sound, type SoundOptions, type SoundStatus } from "../../src/session/sound.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { beep, isRecorded, pactl, playNoise, playTone, soundServerOf } from "../support/sound.ts";
import { until } from "../support/until.ts";

const OPTIONS: SoundOptions = { origin: { kind: "private" }, frameMs: 10, bitrateKbit: 128 };

/** A sound with one viewer's transport, and what that viewer has received. */
async function withListener(
  options: SoundOptions,
  test: (parts: {
    sound: Sound;
    statuses: SoundStatus[];
    messages: AudioMessage[];
    listen(): void;
    leave(): void;
  }) => Promise<void>,
): Promise<void> {
  const statuses: SoundStatus[] = [];
  const messages: AudioMessage[] = [];
  const [server, viewer] = memoryTransportPair();
  await using _server = server;
  await using _viewer = viewer;
  viewer.onflow = (flow) => {
    assert.equal(decodeMetadata(flow.metadata).kind, "audio");
    flow.onmessage = (octets) => messages.push(decodeAudioMessage(octets.slice()));
  };
  const listener: { transport: Transport | undefined } = { transport: server };
  await using sound = await Sound.open(options, (status) => statuses.push(status));
  await test({
    sound,
    statuses,
    messages,
    listen: () => sound.listen(listener),
    leave: () => sound.leave(listener),
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("Sound sends what is played, and nothing of silence", async (test) => {
  await withListener(OPTIONS, async ({ sound, statuses, messages, listen, leave }) => {
    assert.deepEqual(statuses, [{ state: "ready", detail: "" }]);
    const loud = () => messages.filter(({ packet }) => packet.length > 20);

    await test.step("nothing before somebody listens", async () => {
      await using _tone = playTone(sound.environment);
      await until(
        "the tone plays",
        async () => (await pactl(sound.environment, "list", "short", "sink-inputs")) !== "",
      );
      await pause(200);
      assert.equal(messages.length, 0);
      assert.equal(await isRecorded(sound.environment), false);
    });

    await test.step("nothing of silence", async () => {
      listen();
      await until("it is recorded", () => isRecorded(sound.environment));
      await pause(1000);
      assert.equal(messages.length, 0);
    });

    await test.step("a packet every 10 ms of a tone", async () => {
      await using _tone = playTone(sound.environment);
      await until("a second of sound is here", () => loud().length > 100);
      const tone = loud();
      for (const [index, message] of tone.entries()) {
        assert.equal(message.duration, 10_000);
        assert.ok(message.packet.length < 400, `${message.packet.length} octets`);
        const before = tone[index - 1];
        if (before) assert.equal(message.sequence, before.sequence + 1);
      }
      const [first, last] = [tone[0]!, tone.at(-1)!];
      const spanned = last.captureTime - first.captureTime;
      assert.ok(Math.abs(spanned - (tone.length - 1) * 10_000) < 200_000, `${spanned} µs`);
      const age = performance.now() - last.captureTime / 1000;
      assert.ok(age > 0 && age < 1000, `${age} ms`);
    });

    await test.step("after the tone, silence is announced and kept", async () => {
      await until("silence follows", () => messages.at(-1)?.silenceFollows);
      const { length } = messages;
      await pause(1000);
      assert.equal(messages.length, length);
    });

    await test.step("nothing is recorded for nobody", async () => {
      leave();
      await until("nobody records", async () => !await isRecorded(sound.environment));
    });
  });
});

for (const [frameMs, bitrateKbit] of [[5, 64], [10, 256], [20, 64]] as const) {
  Deno.test(`Sound makes packets of ${frameMs} ms at ${bitrateKbit} kbit/s`, async () => {
    const options = { ...OPTIONS, frameMs, bitrateKbit };
    await withListener(options, async ({ sound, messages, listen }) => {
      listen();
      // Noise takes all of the rate, where a tone takes little of it.
      await using _noise = playNoise(sound.environment);
      const loud = () => messages.filter(({ packet }) => packet.length > 20);
      // The first second has a rate of its own.
      await until("two seconds of sound are here", () => loud().length > 2000 / frameMs);
      const packets = messages.slice(-1000 / frameMs);
      for (const [index, { captureTime, duration, sequence }] of packets.entries()) {
        assert.equal(duration, frameMs * 1000);
        const before = packets[index - 1];
        if (before === undefined) continue;
        assert.equal(sequence, before.sequence + 1);
        assert.ok(captureTime > before.captureTime);
      }
      const octets = packets.reduce((sum, { packet }) => sum + packet.length, 0);
      const kbit = octets * 8 / (packets.length * frameMs);
      assert.ok(kbit > 0.7 * bitrateKbit && kbit < 1.3 * bitrateKbit, `${kbit} kbit/s`);
    });
  });
}

Deno.test("Sound lets the sink rest in silence, and loses nothing of what ends it", async (test) => {
  await withListener(OPTIONS, async ({ sound, messages, listen, leave }) => {
    const { environment } = sound;
    const sink = async () =>
      (await pactl(environment, "list", "short", "sinks")).split(/\s/).at(-2);
    listen();
    await until("the sink rests", async () => await sink() === "SUSPENDED", 20_000);
    assert.equal(await isRecorded(environment), false);

    await test.step("a beep of 200 ms", async () => {
      await beep(environment, 200);
      await until("all is here", () => messages.at(-1)?.silenceFollows);
      const loud = messages.filter(({ packet }) => packet.length > 20);
      // And the ringing of Opus's filter.
      assert.ok(loud.length >= 20 && loud.length <= 45, `${loud.length} packets`);
      assert.equal(messages[0], loud[0]);
    });

    await test.step("a second rest, and programs play on when nobody listens any more", async () => {
      await until("the sink rests", async () => await sink() === "SUSPENDED", 20_000);
      leave();
      await until("the sink is awake", async () => await sink() === "IDLE");
      await beep(environment, 100);
    });
  });
});

Deno.test("Sound comes back when the server is killed and when the sink is taken away", async (test) => {
  await withListener(OPTIONS, async ({ sound, statuses, messages, listen }) => {
    listen();
    await until("it is recorded", () => isRecorded(sound.environment));

    await test.step("the server is killed", async () => {
      Deno.kill(await soundServerOf(Deno.pid), "SIGKILL");
      await until("the loss is noticed", () => statuses.at(-1)?.state === "lost");
      await until("it is ready again", () => statuses.at(-1)?.state === "ready");
      messages.length = 0;
      await using _tone = playTone(sound.environment);
      await until("sound is here", () => messages.some(({ packet }) => packet.length > 20));
    });

    await test.step("the sink is unloaded", async () => {
      const modules = await pactl(sound.environment, "list", "short", "modules");
      const id = /^(\d+)\tmodule-null-sink\tsink_name=skerry /m.exec(modules)?.[1];
      assert.ok(id, modules);
      await pactl(sound.environment, "unload-module", id);
      messages.length = 0;
      await using _tone = playTone(sound.environment);
      await until("sound is here", () => messages.some(({ packet }) => packet.length > 20), 30_000);
    });
  });
});

Deno.test("Sound comes back when the server is killed while it rests", async () => {
  await withListener(OPTIONS, async ({ sound, messages, listen }) => {
    listen();
    await until(
      "it rests",
      async () => /SUSPENDED/.test(await pactl(sound.environment, "list", "short", "sinks")),
      20_000,
    );
    const first = await soundServerOf(Deno.pid);
    Deno.kill(first, "SIGKILL");
    await until("there is another", async () => await soundServerOf(Deno.pid) !== first);
    await until("it is recorded", () => isRecorded(sound.environment).catch(() => false));
    await using _tone = playTone(sound.environment);
    await until("sound is here", () => messages.some(({ packet }) => packet.length > 20));
  });
});

Deno.test("Sound says which packages are missing where there is no sound server", async () => {
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", "/nonexistent");
  try {
    await withListener(OPTIONS, ({ sound, statuses, listen }) => {
      assert.equal(sound.status.state, "not-installed");
      assert.match(sound.status.detail, /^pulseaudio \(apt\), /);
      assert.equal(statuses.length, 1);
      assert.deepEqual(sound.environment, {});
      listen();
      return Promise.resolve();
    });
  } finally {
    Deno.env.set("PATH", path);
  }
});

Deno.test("Sound takes an existing server, and waits for it when it is not there", async () => {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
  try {
    const address = `unix:${folder}/nothing`;
    const origin = { kind: "server", address } as const;
    await withListener({ ...OPTIONS, origin }, async ({ sound, statuses, listen }) => {
      assert.deepEqual(sound.environment, { PULSE_SERVER: address });
      listen();
      await until("it says so", () => statuses.at(-1)?.state === "lost");
      assert.match(sound.status.detail, /^The sound cannot be recorded: /);
    });
    await withListener(OPTIONS, async ({ sound: existing }) => {
      const origin = { kind: "server", address: existing.environment.PULSE_SERVER! } as const;
      await withListener({ ...OPTIONS, origin }, async ({ messages, listen }) => {
        listen();
        await using _tone = playTone(existing.environment);
        await until("sound is here", () => messages.some(({ packet }) => packet.length > 20));
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Sound that is off starts nothing", async () => {
  await withListener(
    { ...OPTIONS, origin: { kind: "off" } },
    async ({ sound, messages, listen }) => {
      assert.deepEqual(sound.status, { state: "off", detail: "" });
      listen();
      await pause(100);
      assert.equal(messages.length, 0);
    },
  );
});
