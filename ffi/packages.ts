/**
 * Which distribution package holds a library or a GStreamer element.
 *
 * Names checked against Debian 12, Fedora and Arch; `dnf` packages of encoders come from RPM Fusion.
 *
 * @module
 */

/** One package under the names that three package managers know it by. */
export interface PackageNames {
  /** Debian, Ubuntu. */
  readonly apt: string;
  /** Fedora, RHEL and their kin. */
  readonly dnf: string;
  /** Arch. */
  readonly pacman: string;
}

const base: PackageNames = {
  apt: "gstreamer1.0-plugins-base",
  dnf: "gstreamer1-plugins-base",
  pacman: "gst-plugins-base",
};
const good: PackageNames = {
  apt: "gstreamer1.0-plugins-good",
  dnf: "gstreamer1-plugins-good",
  pacman: "gst-plugins-good",
};
const bad: PackageNames = {
  apt: "gstreamer1.0-plugins-bad",
  dnf: "gstreamer1-plugins-bad-free",
  pacman: "gst-plugins-bad",
};
const ugly: PackageNames = {
  apt: "gstreamer1.0-plugins-ugly",
  dnf: "gstreamer1-plugins-ugly",
  pacman: "gst-plugins-ugly",
};
const va: PackageNames = { apt: bad.apt, dnf: bad.dnf, pacman: "gst-plugin-va" };
const vaapi: PackageNames = {
  apt: "gstreamer1.0-vaapi",
  dnf: "gstreamer1-vaapi",
  pacman: "gstreamer-vaapi",
};
const libav: PackageNames = {
  apt: "gstreamer1.0-libav",
  dnf: "gstreamer1-plugin-libav",
  pacman: "gst-libav",
};

const libraries: Record<string, PackageNames> = {
  "libgstreamer-1.0.so.0": { apt: "libgstreamer1.0-0", dnf: "gstreamer1", pacman: "gstreamer" },
  "libgstapp-1.0.so.0": {
    apt: "libgstreamer-plugins-base1.0-0",
    dnf: "gstreamer1-plugins-base",
    pacman: "gst-plugins-base-libs",
  },
  "libgstvideo-1.0.so.0": {
    apt: "libgstreamer-plugins-base1.0-0",
    dnf: "gstreamer1-plugins-base",
    pacman: "gst-plugins-base-libs",
  },
  "libgobject-2.0.so.0": { apt: "libglib2.0-0", dnf: "glib2", pacman: "glib2" },
  "libglib-2.0.so.0": { apt: "libglib2.0-0", dnf: "glib2", pacman: "glib2" },
  "libc.so.6": { apt: "libc6", dnf: "glibc", pacman: "glibc" },
};

const elements: Record<string, PackageNames> = {
  appsrc: base,
  appsink: base,
  audioconvert: base,
  audioresample: base,
  audiotestsrc: base,
  opusenc: base,
  videoconvert: base,
  videotestsrc: base,
  pulsesrc: {
    apt: "gstreamer1.0-pulseaudio",
    dnf: "gstreamer1-plugins-good",
    pacman: "gst-plugins-good",
  },
  cutter: good,
  vp8enc: good,
  jpegenc: good,
  vp8dec: good,
  vp9enc: good,
  vp9dec: good,
  x264enc: ugly,
  x265enc: { apt: bad.apt, dnf: "gstreamer1-plugins-bad-freeworld", pacman: bad.pacman },
  av1enc: bad,
  av1dec: bad,
  svtav1enc: bad,
  rav1enc: {
    apt: "gstreamer1.0-plugins-rs",
    dnf: "gstreamer1-plugins-rs",
    pacman: "gst-plugin-rav1e",
  },
  h264parse: bad,
  h265parse: bad,
  nvh264enc: bad,
  nvh265enc: bad,
  nvav1enc: bad,
  openh264dec: { apt: bad.apt, dnf: "gstreamer1-plugin-openh264", pacman: bad.pacman },
  openh264enc: { apt: bad.apt, dnf: "gstreamer1-plugin-openh264", pacman: bad.pacman },
  vah264enc: va,
  vah265enc: va,
  vaav1enc: va,
  vaapih264enc: vaapi,
  vaapih265enc: vaapi,
  avdec_h264: libav,
  avdec_h265: libav,
};

/** Gives the package that holds a library, by its soname. */
export function packageOfLibrary(soname: string): PackageNames | undefined {
  return libraries[soname];
}

/** Gives the package that holds a GStreamer element, by the element factory's name. */
export function packageOfElement(element: string): PackageNames | undefined {
  return elements[element];
}

/** Writes the three names as one clause, for error messages. */
export function describePackage(names: PackageNames | undefined): string {
  return names === undefined
    ? "the package that provides it"
    : `${names.apt} (apt), ${names.dnf} (dnf) or ${names.pacman} (pacman)`;
}
