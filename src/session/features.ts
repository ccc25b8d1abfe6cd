import type { Invitations } from "../http/invitations.ts";
import type { SignIns } from "../http/sign_ins.ts";
import type { Settings } from "../settings.ts";
import { userPath } from "../user_path.ts";
import { ClipboardFeature } from "./clipboard_feature.ts";
import type { SessionFeature } from "./feature.ts";
import { FilesFeature } from "./files_feature.ts";
import { GamepadFeature } from "./gamepad_feature.ts";
import { PointerFeature } from "./pointer_feature.ts";
import { ResizeFeature } from "./resize_feature.ts";
import { SharingFeature } from "./sharing_feature.ts";
import { SignInWatch } from "./sign_in_watch.ts";

/** What a session does beside showing its picture, as the settings say. */
export function createFeatures(
  settings: Settings,
  invitations: Invitations | undefined,
  signIns: SignIns,
): SessionFeature[] {
  const watch = new SignInWatch(signIns);
  const features: SessionFeature[] = [
    new ResizeFeature(settings.resize),
    // Before others get to know a viewer that is sent away at once.
    watch,
    new SharingFeature(invitations, watch),
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
