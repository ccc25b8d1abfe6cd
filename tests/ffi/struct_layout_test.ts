import assert from "node:assert/strict";
import { GST_BUFFER } from "../../ffi/buffer.ts";
import { BUFFER_FLAG_DELTA_UNIT } from "../../ffi/buffer.ts";
import { GST_MESSAGE } from "../../ffi/bus.ts";
import { GST_VIDEO_FRAME, MAP_READ, MAP_WRITE } from "../../ffi/mapped_frame.ts";
import { GERROR } from "../../ffi/memory.ts";
import * as uinput from "../../ffi/uinput.ts";

/** Each number that ffi/ relies on, as C writes it. */
const facts: Record<string, number> = {
  "sizeof(GstBuffer)": GST_BUFFER.size,
  "offsetof(GstBuffer, pts)": GST_BUFFER.pts,
  "GST_BUFFER_FLAG_DELTA_UNIT": BUFFER_FLAG_DELTA_UNIT,
  "offsetof(GstMessage, type)": GST_MESSAGE.type,
  "offsetof(GstMessage, src)": GST_MESSAGE.src,
  "GST_MESSAGE_EOS": 1,
  "GST_MESSAGE_ERROR": 2,
  "GST_MESSAGE_WARNING": 4,
  "GST_MESSAGE_APPLICATION": 1 << 14,
  "sizeof(GstVideoFrame)": GST_VIDEO_FRAME.size,
  "offsetof(GstVideoFrame, data)": GST_VIDEO_FRAME.data,
  "GST_MAP_READ": MAP_READ,
  "GST_MAP_WRITE": MAP_WRITE,
  "offsetof(GError, domain)": GERROR.domain,
  "offsetof(GError, code)": GERROR.code,
  "offsetof(GError, message)": GERROR.message,
  "offsetof(GTypeInstance, g_class)": 0,
  "sizeof(void *)": 8,
  "sizeof(gsize)": 8,
  "sizeof(GType)": 8,
  "GST_STATE_NULL": 1,
  "GST_STATE_PLAYING": 4,
  "GST_STATE_CHANGE_FAILURE": 0,
  "GST_FORMAT_TIME": 3,
  "GST_PARSE_FLAG_FATAL_ERRORS": 1,
  "UI_DEV_CREATE": uinput.UI_DEV_CREATE,
  "UI_DEV_DESTROY": uinput.UI_DEV_DESTROY,
  "UI_DEV_SETUP": uinput.UI_DEV_SETUP,
  "UI_ABS_SETUP": uinput.UI_ABS_SETUP,
  "UI_SET_EVBIT": uinput.UI_SET_EVBIT,
  "UI_SET_KEYBIT": uinput.UI_SET_KEYBIT,
  "UI_SET_ABSBIT": uinput.UI_SET_ABSBIT,
  "sizeof(struct uinput_setup)": uinput.UINPUT_SETUP.size,
  "offsetof(struct uinput_setup, name)": uinput.UINPUT_SETUP.name,
  "UINPUT_MAX_NAME_SIZE": uinput.UINPUT_SETUP.nameLength,
  "sizeof(struct uinput_abs_setup)": uinput.UINPUT_ABS_SETUP.size,
  "offsetof(struct uinput_abs_setup, absinfo)": uinput.UINPUT_ABS_SETUP.absinfo,
  "sizeof(struct input_event)": uinput.INPUT_EVENT.size,
  "offsetof(struct input_event, type)": uinput.INPUT_EVENT.type,
  "offsetof(struct input_event, code)": uinput.INPUT_EVENT.code,
  "offsetof(struct input_event, value)": uinput.INPUT_EVENT.value,
  "EV_KEY": uinput.EV_KEY,
  "EV_ABS": uinput.EV_ABS,
};

function run(command: string, args: string[]): { ok: boolean; stdout: string; stderr: string } {
  try {
    const { success, stdout, stderr } = new Deno.Command(command, { args }).outputSync();
    const decoder = new TextDecoder();
    return { ok: success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (error) {
    return { ok: false, stdout: "", stderr: String(error) };
  }
}

const flags = run("pkg-config", ["--cflags", "gstreamer-1.0", "gstreamer-video-1.0"]);
const compiler = run("cc", ["--version"]);
const missing = !compiler.ok
  ? " (skipped: no C compiler; install gcc)"
  : !flags.ok
  ? " (skipped: no headers; install libgstreamer-plugins-base1.0-dev and pkg-config)"
  : "";

Deno.test({
  name: `ffi agrees with C on sizes, offsets and constants${missing}`,
  ignore: missing !== "",
  async fn() {
    const lines = Object.keys(facts).map((fact) => `  printf("%lld\\n", (long long)(${fact}));`);
    const source = "#include <stddef.h>\n#include <stdio.h>\n#include <gst/gst.h>\n" +
      `#include <gst/video/video.h>\n#include <linux/uinput.h>\nint main(void) {\n${
        lines.join("\n")
      }\n  return 0;\n}\n`;
    const directory = await Deno.makeTempDir({ prefix: "skerry-layout-" });
    try {
      await Deno.writeTextFile(`${directory}/layout.c`, source);
      const built = run("cc", [
        ...flags.stdout.trim().split(/\s+/),
        "-o",
        `${directory}/layout`,
        `${directory}/layout.c`,
      ]);
      assert.ok(built.ok, built.stderr);
      const values = run(`${directory}/layout`, []).stdout.trim().split("\n").map(Number);
      const actual = Object.fromEntries(Object.keys(facts).map((fact, i) => [fact, values[i]]));
      assert.deepEqual(actual, facts);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
