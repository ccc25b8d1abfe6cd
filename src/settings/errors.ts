/** A setting that cannot be used; the message quotes it and says what would do. */
export class SettingsError extends Error {
  override name = "SettingsError";
}
