import assert from "node:assert/strict";
import { SystemCallError, UinputDevice } from "../../ffi/mod.ts";
import { INPUT_EVENT } from "../../ffi/uinput.ts";
import { AT_REST, changesOf, type PadState, XBOX_PAD } from "../../src/gamepads/xbox_pad.ts";
import { probeGamepads } from "../../src/gamepads/virtual_gamepad.ts";

const support = probeGamepads();
const missing = support === "ready"
  ? ""
  : ` (skipped: /dev/uinput is ${support === "denied" ? "not for this user" : "not there"})`;

/** What the kernel says that the newest device of this name is. */
function deviceNamed(name: string): { event: string; text: string } {
  const devices = Deno.readTextFileSync("/proc/bus/input/devices").split("\n\n");
  const text = devices.findLast((device) => device.includes(`N: Name="${name}"`)) ?? "";
  return { event: /\bevent\d+/.exec(text)?.[0] ?? "", text };
}

Deno.test({
  name: `UinputDevice makes a gamepad of which programs get every change${missing}`,
  ignore: missing !== "",
  async fn() {
    using device = UinputDevice.create(XBOX_PAD);
    const { event, text } = deviceNamed(XBOX_PAD.name);
    assert.match(text, /Bus=0003 Vendor=045e Product=028e/);
    assert.match(text, /Handlers=.*\bevent\d+/);
    using file = await Deno.open(`/dev/input/${event}`);
    // The kernel makes two reports of more than 14 changes, which no hands make.
    const states: PadState[] = [
      { buttons: 0x10555, axes: [-32768, 32767, 1000, -1000], triggers: [255, 7] },
      { buttons: 1 << 15 | 1 << 12, axes: [0, 0, 32767, -32768], triggers: [0, 0] },
      AT_REST,
    ];
    let before = AT_REST;
    for (const state of states) {
      const changes = changesOf(before, state);
      before = state;
      device.send(changes);
      const octets = new Uint8Array((changes.length + 1) * INPUT_EVENT.size);
      for (let at = 0; at < octets.length;) at += (await file.read(octets.subarray(at)))!;
      const view = new DataView(octets.buffer);
      const seen = Array.from({ length: changes.length + 1 }, (_, i) => ({
        type: view.getUint16(i * INPUT_EVENT.size + INPUT_EVENT.type, true),
        code: view.getUint16(i * INPUT_EVENT.size + INPUT_EVENT.code, true),
        value: view.getInt32(i * INPUT_EVENT.size + INPUT_EVENT.value, true),
      }));
      assert.deepEqual(seen, [
        ...changes.map(({ code, type, value }) => ({ type: type === "key" ? 1 : 3, code, value })),
        { type: 0, code: 0, value: 0 },
      ]);
    }
    device[Symbol.dispose]();
    assert.equal(deviceNamed(XBOX_PAD.name).text, "");
  },
});

Deno.test({
  name: `UinputDevice says why there is none${missing === "" ? " (skipped: there is one)" : ""}`,
  ignore: missing === "",
  fn() {
    assert.throws(() => UinputDevice.create(XBOX_PAD), (error) => {
      assert.ok(error instanceof SystemCallError);
      assert.equal(error.call, "open");
      assert.match(error.message, support === "denied" ? /ermi/ : /No such/);
      return true;
    });
  },
});
