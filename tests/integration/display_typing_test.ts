import assert from "node:assert/strict";
import { Keysym } from "../../src/display/keysym.ts";
import { until } from "../support/until.ts";
import { testOnServers, TypingTarget } from "./display_support.ts";

const encoder = new TextEncoder();
const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
const WORLD = "üÜöäß €£¥µ½ ñéèç àÊîŸ αβγ ΑΒΓ ψς σΩ привет ЁЖ żółć Łódź ğış “„—…” 日本語 한국 אבג";

async function types(target: TypingTarget, text: string): Promise<void> {
  target.type(text);
  assert.equal(await target.typed(encoder.encode(text).length), text);
}

for (const layout of [undefined, "de", "fr", "gr", "ru"]) {
  testOnServers(
    `text of many scripts arrives in a program with layout ${layout ?? "us"}`,
    ["xterm", ...(layout ? ["setxkbmap"] : [])],
    async (server) => {
      await using target = await TypingTarget.start(server, layout);
      await types(target, ASCII + WORLD);
    },
  );
}

testOnServers(
  "fast text with more unknown characters than there are spare keys arrives",
  ["xterm"],
  async (server) => {
    await using target = await TypingTarget.start(server);
    // each character once, so that every one needs a key to be given to it
    const text = Array.from({ length: 90 }, (_, i) => String.fromCodePoint(0x4e00 + i * 7)).join(
      "",
    );
    await types(target, text);
  },
);

testOnServers("Control, Alt and AltGr reach a program as such", ["xterm", "setxkbmap"], async (
  server,
) => {
  await using target = await TypingTarget.start(server, "de");
  const { input } = target;
  input.key(Keysym.ControlL, true);
  target.type("cdw");
  input.key(Keysym.ControlL, false);
  input.key(Keysym.Level3Shift, true);
  target.type("@{€\\");
  input.key(Keysym.Level3Shift, false);
  target.tap(0xff0d);
  target.tap(0xff1b);
  input.key(Keysym.ShiftL, true);
  target.tap(Keysym.Tab);
  input.key(Keysym.ShiftL, false);
  const expected = "\x03\x04\x17@{€\\\r\x1b\x1b[Z";
  assert.equal(await target.typed(encoder.encode(expected).length), expected);
});

testOnServers("a held character repeats as itself", ["xterm"], async (server) => {
  await using target = await TypingTarget.start(server);
  for (const character of ["a", "@", "日"]) {
    const keysym = character === "日" ? 0x010065e5 : character.codePointAt(0)!;
    target.input.key(keysym, true);
    // The server begins to repeat after some 600 ms.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    target.input.key(keysym, false);
  }
  const text = await target.typed(12);
  assert.match(text, /^a{2,}@{2,}日{2,}$/);
});

testOnServers(
  "a held character is not repeated while that is turned off",
  ["xterm"],
  async (server) => {
    await using target = await TypingTarget.start(server);
    target.input.repeatKeys(false, []);
    target.input.key(0x61, true);
    // Longer than the server waits before it repeats.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    target.input.key(0x61, false);
    target.input.key(0x62, true);
    target.input.key(0x62, false);
    target.input.repeatKeys(true, []);
    target.input.key(0x63, true);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    target.input.key(0x63, false);
    assert.match(await target.typed(4), /^abc{2,}$/);
  },
);

testOnServers(
  "a character that is held already is not repeated either once that is turned off",
  ["xterm"],
  async (server) => {
    await using target = await TypingTarget.start(server);
    const { input } = target;
    const held = () => new Promise((resolve) => setTimeout(resolve, 1000));
    input.key(0x61, true);
    input.key(Keysym.ShiftL, true);
    input.repeatKeys(false, [0x61, Keysym.ShiftL]);
    await held();
    // Released by the name that it has with Shift; Shift is still down.
    input.key(0x41, false);
    input.key(0x42, true);
    input.key(0x42, false);
    input.key(Keysym.ShiftL, false);
    input.repeatKeys(true, [0x61]);
    await held();
    input.key(0x63, true);
    input.repeatKeys(false, [0x63]);
    input.repeatKeys(true, [0x63]);
    await held();
    input.key(0x63, false);
    input.key(0x64, true);
    input.key(0x64, false);
    const all = await until("the last has come", async () => {
      const text = await target.typed(6);
      return text.endsWith("d") && text;
    });
    assert.match(all, /^aBc{3,}d$/);
  },
);

testOnServers(
  "characters stay right when the layout is changed under way",
  ["xterm", "setxkbmap"],
  async (server) => {
    await using target = await TypingTarget.start(server);
    const { environment } = target.display;
    let all = "";
    for (const layout of ["de", "us", "fr"]) {
      const text = "zy@ß日Ψ;";
      all += text;
      target.type(text);
      assert.equal(await target.typed(encoder.encode(all).length), all);
      const { success } = await new Deno.Command("setxkbmap", { args: [layout], env: environment })
        .output();
      assert.ok(success);
      await target.connection.sync();
      // the new map has been asked for; its answer comes before the next
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
);

testOnServers(
  "unknown characters stay right while a program does not listen for a time",
  ["xterm"],
  async (server) => {
    await using target = await TypingTarget.start(server);
    const text = "日本語漢字仮名交文章";
    const [pid] = await target.processes("xterm");
    Deno.kill(pid!, "SIGSTOP");
    try {
      for (const character of text) {
        target.type(character);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    } finally {
      Deno.kill(pid!, "SIGCONT");
    }
    assert.equal(await target.typed(encoder.encode(text).length), text);
  },
);
