/**
 * What the user has chosen on this page, kept by the browser. A feature adds a line to
 * {@link DEFAULTS}, and one to {@link ALLOWED} if not every value of its type is good.
 *
 * @module
 */

import { Observable } from "./observable.ts";

export interface Preferences {
  /** The section of the panel that was looked at last. */
  section: string;
  /** One to one or smaller if it must be; filling the room; by whole numbers; one to one always. */
  scaling: "auto" | "fit" | "integer" | "exact";
  /** How remote pixels become larger or smaller ones. */
  smoothing: "smooth" | "crisp";
  /** Of the remote screen: that of the window, as it is, or one of {@link DESKTOP_SIZES}. */
  desktopSize: string;
  /** Whether the remote screen of the window's size has as many pixels as the monitor, where the browser's are larger. */
  fullResolution: boolean;
  /** How large programs draw, in percent; 0 for what suits the monitor. */
  programScale: number;
  /** What the picture is to be encoded with; "auto" leaves it to the server. */
  codec: string;
  chroma: "auto" | "420" | "444";
  /** The most, in kbit/s; 0 for what the server takes for the most. */
  bitrate: number;
  /** The most; 0 for what the server takes for the most. */
  framesPerSecond: number;
  /** Whether Command does on a Mac what Control does elsewhere. */
  commandAsControl: boolean;
  /** Whether Option is Alt on a Mac, instead of picking characters as AltGr does. */
  optionAsAlt: boolean;
  /** Whether a finger moves the pointer from where it is, as on a trackpad. */
  trackpad: boolean;
  /** Whether keys that on-screen keyboards lack are always shown. */
  keyBar: boolean;
  /** Whether the browser's own keys go to the desktop in full screen. */
  keyboardLock: boolean;
  /** Whether the page has said that there is sound. */
  soundHinted: boolean;
  /** Whether the page has said what a secure one would gain. */
  insecureHinted: boolean;
}

const DEFAULTS: Readonly<Preferences> = {
  section: "picture",
  scaling: "auto",
  smoothing: "smooth",
  desktopSize: "window",
  fullResolution: false,
  programScale: 0,
  codec: "auto",
  chroma: "auto",
  bitrate: 0,
  framesPerSecond: 0,
  commandAsControl: true,
  optionAsAlt: false,
  trackpad: false,
  keyBar: false,
  keyboardLock: true,
  soundHinted: false,
  insecureHinted: false,
};

/** What {@link Preferences.programScale} may be, in percent. */
export const PROGRAM_SCALES = [0, 100, 125, 150, 175, 200, 250, 300] as const;

/** Sizes that can be chosen whatever the window has, in pixels. */
export const DESKTOP_SIZES = [
  "1024x768",
  "1280x720",
  "1600x900",
  "1920x1080",
  "2560x1440",
  "3840x2160",
] as const;

const ALLOWED: { readonly [Key in keyof Preferences]?: readonly Preferences[Key][] } = {
  scaling: ["auto", "fit", "integer", "exact"],
  smoothing: ["smooth", "crisp"],
  desktopSize: ["window", "keep", ...DESKTOP_SIZES],
  programScale: PROGRAM_SCALES,
  chroma: ["auto", "420", "444"],
};

const KEY = "skerry.preferences";

/** @returns What is stored, and the defaults for the rest; each change is stored at once. */
export function openPreferences(storage: () => Storage): Observable<Preferences> {
  const preferences = new Observable<Preferences>({ ...DEFAULTS, ...parse(read(storage)) });
  // For as long as there is a page.
  preferences.watch(() => {
    try {
      storage().setItem(KEY, JSON.stringify(preferences.value));
    } catch {
      // Storage may be full, or forbidden to this page: then nothing is remembered.
    }
  }, new AbortController().signal);
  return preferences;
}

function read(storage: () => Storage): string | null {
  try {
    return storage().getItem(KEY);
  } catch {
    return null;
  }
}

/** @returns Of a stored text what this version understands. */
function parse(text: string | null): Partial<Preferences> {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "{}");
  } catch {
    return {};
  }
  if (typeof stored !== "object" || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored).filter(([name, value]) => {
      if (!Object.hasOwn(DEFAULTS, name)) return false;
      const key = name as keyof Preferences;
      const allowed: readonly unknown[] | undefined = ALLOWED[key];
      return typeof value === typeof DEFAULTS[key] && (allowed?.includes(value) ?? true);
    }),
  );
}
