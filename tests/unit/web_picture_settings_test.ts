import assert from "node:assert/strict";
import { encodeViewerMessage } from "../../src/protocol/control_message.ts";
import {
  askForPicture,
  BITRATES,
  FRAME_RATES,
  pictureSettings,
} from "../../web/picture_settings.ts";
import { openPreferences } from "../../web/preferences.ts";

const AUTOMATIC = { bitrate: 0, chroma: "auto", codec: "auto", framesPerSecond: 0 } as const;

Deno.test("pictureSettings() asks only for what the server would not do by itself", () => {
  assert.deepEqual(pictureSettings(AUTOMATIC), {});
  assert.deepEqual(pictureSettings({ ...AUTOMATIC, codec: "vp9", chroma: "444" }), {
    codec: "vp9",
    chroma: "444",
  });
  assert.deepEqual(pictureSettings({ ...AUTOMATIC, codec: "realvideo", bitrate: 7 }), {});
});

Deno.test("pictureSettings() asks for nothing that the protocol refuses", () => {
  for (const bitrate of BITRATES) {
    for (const framesPerSecond of FRAME_RATES) {
      const picture = pictureSettings({ ...AUTOMATIC, bitrate, framesPerSecond });
      assert.ok(encodeViewerMessage({ type: "settings", picture }).length > 0);
    }
  }
});

Deno.test("askForPicture() asks again only when something else is wanted", () => {
  const preferences = openPreferences(() => {
    throw new Error("There is no storage");
  });
  const asked: unknown[] = [];
  const until = new AbortController();
  askForPicture(preferences, (settings) => asked.push(settings), until.signal);
  preferences.update({ scaling: "fit" });
  preferences.update({ codec: "vp8" });
  preferences.update({ codec: "auto" });
  until.abort();
  preferences.update({ codec: "av1" });
  assert.deepEqual(asked, [{ codec: "vp8" }, {}]);
});
