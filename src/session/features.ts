import type { Invitations } from "../http/invitations.ts";
import type { Settings } from "../settings.ts";
import { userPath } from "../user_path.ts";
import { ClipboardFeature } from "./clipboard_feature.ts";
import type { SessionFeature } from "./feature.ts";
import { FilesFeature } from "./files_feature.ts";
import { GamepadFeature } from "./gamepad_feature.ts";
import { PointerFeature } from "./pointer_feature.ts";
import { ResizeFeature } from "./resize_feature.ts";
import { SharingFeature } from "./sharing_feature.ts";

/** What a session does beside showing its picture, as the settings say. */
export function createFeatures(
  settings: Settings,
  invitations: Invitations | undefined,
): SessionFeature[] {
  const features: SessionFeature[] = [
    new ResizeFeature(settings.resize),
    new SharingFeature(invitations),
    new PointerFeature(),
    new GamepadFeature({ enabled: settings.gamepads === "auto" }),
    new ClipboardFeature({
      direction: settings.clipboard,
      primary: settings.clipboardPrimary === "on",
      limit: settings.clipboardLimit,
    }),
  ];
  const { files } = settings;
  if (files.kind === "directory") {
    const path = userPath(files.path);
    features.push(new FilesFeature({ path, name: files.path, quota: settings.filesQuota }));
  }
  return features;
}
