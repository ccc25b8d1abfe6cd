import type { Settings } from "../settings.ts";
import { ClipboardFeature } from "./clipboard_feature.ts";
import type { SessionFeature } from "./feature.ts";

/** What a session does beside showing its picture, as the settings say. */
import { ResizeFeature } from "./resize_feature.ts";

export function createFeatures(settings: Settings): SessionFeature[] {
  return [
    new ResizeFeature(settings.resize),
    new ClipboardFeature({
      direction: settings.clipboard,
      primary: settings.clipboardPrimary === "on",
      limit: settings.clipboardLimit,
    }),
  ];
}
