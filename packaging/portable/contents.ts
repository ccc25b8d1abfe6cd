/**
 * What goes into the portable file beside Deno and the application, and under which kind of licence.
 *
 * @module
 */

/** Something that may be put in. */
export interface Part {
  readonly name: string;
  /** Whether its licence is the GPL, so that `--without-gpl` leaves it out. */
  readonly gpl?: boolean;
  /** Whether the file is made without it, with a remark, where it is not installed. */
  readonly optional?: boolean;
}

/**
 * @param parts All that there are.
 * @param gpl Whether those under the GPL are wanted.
 * @returns Those that are put in.
 */
export function partsFor(parts: readonly Part[], gpl: boolean): readonly Part[] {
  return gpl ? parts : parts.filter((part) => !part.gpl);
}

/**
 * GStreamer's plugins, by the names of their files without `libgst` and `.so`. Of what Skerry can encode
 * with, x265 and rav1e are left out for their size: on a processor, H.264 and the other encoders of AV1 do
 * better. vaapi is, too: it is va's predecessor, and its drivers are va's.
 */
export const PLUGINS: readonly Part[] = [
  { name: "coreelements" },
  { name: "app" },
  { name: "videoconvertscale" },
  { name: "x264", gpl: true },
  { name: "openh264" },
  { name: "vpx" },
  { name: "aom", optional: true },
  { name: "svtav1", optional: true },
  { name: "jpeg" },
  { name: "videoparsersbad" },
  { name: "nvcodec", optional: true },
  { name: "va", optional: true },
  { name: "opus" },
  { name: "audioconvert" },
  { name: "audioresample" },
  { name: "pulseaudio" },
  { name: "cutter" },
];

/** The sound server, its modules that are used, and what those open. */
export const SOUND_SERVER = {
  program: "/usr/bin/pulseaudio",
  modules: [
    "module-native-protocol-unix.so",
    "module-null-sink.so",
    "module-always-sink.so",
    "libprotocol-native.so",
  ],
} as const;

/** X servers that show their screen to Skerry alone. */
export const X_SERVERS: readonly Part[] = [
  { name: "Xtigervnc", gpl: true, optional: true },
  { name: "Xvfb", optional: true },
];

/** Libraries that the application opens by name. */
export const LIBRARIES: readonly string[] = [
  "libglib-2.0.so.0",
  "libgobject-2.0.so.0",
  "libgstreamer-1.0.so.0",
  "libgstapp-1.0.so.0",
  "libgstvideo-1.0.so.0",
];

/** Of the C library, loaded by it when needed. */
export const C_LIBRARY_PARTS: readonly string[] = [
  "libnss_files.so.2",
  "libnss_dns.so.2",
  "libresolv.so.2",
];
