import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Settings } from "../settings.ts";
import { ClipboardFeature } from "./clipboard_feature.ts";
import type { SessionFeature } from "./feature.ts";
import { FilesFeature } from "./files_feature.ts";
import { ResizeFeature } from "./resize_feature.ts";

/** What a session does beside showing its picture, as the settings say. */
export function createFeatures(settings: Settings): SessionFeature[] {
  const features: SessionFeature[] = [
    new ResizeFeature(settings.resize),
    new ClipboardFeature({
      direction: settings.clipboard,
      primary: settings.clipboardPrimary === "on",
      limit: settings.clipboardLimit,
    }),
  ];
  const { files } = settings;
  if (files.kind === "directory") {
    const path = resolve(files.path.replace(/^~(?=\/|$)/, homedir()));
    features.push(new FilesFeature({ path, name: files.path, quota: settings.filesQuota }));
  }
  return features;
}
