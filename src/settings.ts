/**
 * Settings: one schema gives the command line, the environment, the defaults and the help text.
 *
 * @module
 */
export { parseSettings, type SettingsRequest } from "./settings/command_line.ts";
export { completionScript } from "./settings/completions.ts";
export { manPage } from "./settings/man_page.ts";
export { SettingsError } from "./settings/errors.ts";
export { helpText } from "./settings/help.ts";
export {
  environmentName,
  flagName,
  OPTIONS,
  type Settings,
  settingsVariables,
} from "./settings/schema.ts";
export type {
  AudioSetting,
  FilesSetting,
  ListenAddress,
  ListenSocket,
  Size,
} from "./settings/values.ts";
