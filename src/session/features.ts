import type { Settings } from "../settings.ts";
import { ClipboardFeature } from "./clipboard_feature.ts";
import type { SessionFeature } from "./feature.ts";

/** What a session does beside showing its picture, as the settings say. */
export function createFeatures(settings: Settings): SessionFeature[] {
  return [
    new ClipboardFeature({
      direction: settings.clipboard,
      primary: settings.clipboardPrimary === "on",
      limit: settings.clipboardLimit,
    }),
  ];
}
