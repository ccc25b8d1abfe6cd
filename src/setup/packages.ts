/**
 * What Skerry needs of the system, how to see that it is there, and which packages bring it.
 *
 * @module
 */

/** What the packages are wanted for; `portable` is for making the portable file. */
export type Purpose = "start" | "portable" | "test" | "bench";
export const PURPOSES: readonly Purpose[] = ["start", "portable", "test", "bench"];

/** The package managers whose package names we know. */
export type Manager = "apt" | "dnf" | "pacman";

/** How to see that something is there. One of the names is enough. */
export type Probe =
  | { readonly kind: "program"; readonly names: readonly string[] }
  | { readonly kind: "library"; readonly names: readonly string[] }
  | { readonly kind: "gstreamer-plugin"; readonly names: readonly string[] }
  | { readonly kind: "file"; readonly names: readonly string[] };

export interface Need {
  /** Named in messages. */
  readonly what: string;
  readonly purposes: readonly Purpose[];
  readonly probe: Probe;
  /** Whether nothing works without it; the others make things better. */
  readonly required: boolean;
  readonly packages: Readonly<Record<Manager, readonly string[]>>;
}

const START: readonly Purpose[] = PURPOSES;
const PORTABLE: readonly Purpose[] = ["portable", "test", "bench"];
const TEST: readonly Purpose[] = ["test", "bench"];

export const NEEDS: readonly Need[] = [
  {
    what: "GStreamer",
    purposes: START,
    probe: { kind: "library", names: ["libgstreamer-1.0.so.0"] },
    required: true,
    packages: { apt: ["libgstreamer1.0-0"], dnf: ["gstreamer1"], pacman: ["gstreamer"] },
  },
  {
    what: "GStreamer's video library",
    purposes: START,
    probe: { kind: "library", names: ["libgstvideo-1.0.so.0"] },
    required: true,
    packages: {
      apt: ["libgstreamer-plugins-base1.0-0"],
      dnf: ["gstreamer1-plugins-base"],
      pacman: ["gst-plugins-base-libs"],
    },
  },
  {
    what: "GStreamer's base elements",
    purposes: START,
    probe: { kind: "gstreamer-plugin", names: ["libgstapp.so"] },
    required: true,
    packages: {
      apt: ["gstreamer1.0-plugins-base"],
      dnf: ["gstreamer1-plugins-base"],
      pacman: ["gst-plugins-base"],
    },
  },
  {
    what: "a video encoder",
    purposes: START,
    probe: {
      kind: "gstreamer-plugin",
      names: ["libgstx264.so", "libgstopenh264.so", "libgstvpx.so"],
    },
    required: true,
    packages: {
      apt: ["gstreamer1.0-plugins-ugly"],
      dnf: ["gstreamer1-plugins-good"],
      pacman: ["gst-plugins-ugly"],
    },
  },
  {
    what: "the H.264 encoder x264",
    purposes: START,
    probe: { kind: "gstreamer-plugin", names: ["libgstx264.so"] },
    required: false,
    packages: {
      apt: ["gstreamer1.0-plugins-ugly"],
      // From RPM Fusion.
      dnf: ["gstreamer1-plugins-ugly"],
      pacman: ["gst-plugins-ugly"],
    },
  },
  {
    what: "the VP8 encoder",
    purposes: START,
    probe: { kind: "gstreamer-plugin", names: ["libgstvpx.so"] },
    required: false,
    packages: {
      apt: ["gstreamer1.0-plugins-good"],
      dnf: ["gstreamer1-plugins-good"],
      pacman: ["gst-plugins-good"],
    },
  },
  {
    what: "the H.264 encoder OpenH264",
    purposes: START,
    probe: { kind: "gstreamer-plugin", names: ["libgstopenh264.so"] },
    required: false,
    packages: {
      apt: ["gstreamer1.0-plugins-bad"],
      dnf: ["gstreamer1-plugin-openh264"],
      pacman: ["gst-plugins-bad"],
    },
  },
  {
    what: "the encoders of graphics cards",
    purposes: START,
    probe: { kind: "gstreamer-plugin", names: ["libgstva.so", "libgstnvcodec.so"] },
    required: false,
    packages: {
      apt: ["gstreamer1.0-plugins-bad"],
      dnf: ["gstreamer1-plugins-bad-free"],
      pacman: ["gst-plugin-va"],
    },
  },
  {
    what: "the sound server PulseAudio",
    purposes: START,
    probe: { kind: "program", names: ["pulseaudio"] },
    required: false,
    packages: { apt: ["pulseaudio"], dnf: ["pulseaudio"], pacman: ["pulseaudio"] },
  },
  {
    what: "GStreamer's PulseAudio elements",
    purposes: START,
    probe: { kind: "gstreamer-plugin", names: ["libgstpulseaudio.so"] },
    required: false,
    packages: {
      // Of Debian 12 on this is part of gstreamer1.0-plugins-good, and the name brings that.
      apt: ["gstreamer1.0-pulseaudio"],
      dnf: ["gstreamer1-plugins-good"],
      pacman: ["gst-plugins-good"],
    },
  },
  {
    what: "GStreamer's Opus encoder",
    purposes: START,
    probe: { kind: "gstreamer-plugin", names: ["libgstopus.so"] },
    required: false,
    packages: {
      apt: ["gstreamer1.0-plugins-base"],
      dnf: ["gstreamer1-plugins-base"],
      pacman: ["gst-plugins-base"],
    },
  },
  {
    what: "a virtual X server",
    purposes: START,
    probe: {
      kind: "program",
      names: ["Xtigervnc", "Xvnc", "/opt/TurboVNC/bin/Xvnc", "Xvfb"],
    },
    required: true,
    packages: {
      apt: ["tigervnc-standalone-server"],
      dnf: ["tigervnc-server-minimal"],
      pacman: ["tigervnc"],
    },
  },
  {
    what: "an X server that resizes (Xvnc)",
    purposes: START,
    probe: { kind: "program", names: ["Xtigervnc", "Xvnc", "/opt/TurboVNC/bin/Xvnc"] },
    required: false,
    packages: {
      apt: ["tigervnc-standalone-server"],
      dnf: ["tigervnc-server-minimal"],
      pacman: ["tigervnc"],
    },
  },
  {
    what: "the window manager openbox",
    purposes: START,
    probe: { kind: "program", names: ["openbox"] },
    required: true,
    packages: { apt: ["openbox"], dnf: ["openbox"], pacman: ["openbox"] },
  },
  {
    what: "the terminal xterm",
    purposes: START,
    probe: { kind: "program", names: ["xterm"] },
    required: true,
    packages: { apt: ["xterm"], dnf: ["xterm"], pacman: ["xterm"] },
  },
  {
    what: "a font",
    purposes: START,
    probe: {
      kind: "file",
      names: [
        "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
        "/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf",
        "/usr/share/fonts/TTF/DejaVuSansMono.ttf",
      ],
    },
    required: false,
    packages: {
      apt: ["fonts-dejavu-core"],
      dnf: ["dejavu-sans-mono-fonts"],
      pacman: ["ttf-dejavu"],
    },
  },
  {
    what: "the X server Xvfb",
    purposes: PORTABLE,
    probe: { kind: "program", names: ["Xvfb"] },
    required: true,
    packages: {
      apt: ["xvfb"],
      dnf: ["xorg-x11-server-Xvfb"],
      pacman: ["xorg-server-xvfb"],
    },
  },
  {
    what: "xrandr",
    purposes: TEST,
    probe: { kind: "program", names: ["xrandr"] },
    required: true,
    packages: { apt: ["x11-xserver-utils"], dnf: ["xrandr"], pacman: ["xorg-xrandr"] },
  },
  {
    what: "setxkbmap",
    purposes: TEST,
    probe: { kind: "program", names: ["setxkbmap"] },
    required: true,
    packages: { apt: ["x11-xkb-utils"], dnf: ["setxkbmap"], pacman: ["xorg-setxkbmap"] },
  },
  {
    what: "the static busybox",
    purposes: TEST,
    probe: { kind: "program", names: ["busybox"] },
    required: true,
    packages: { apt: ["busybox-static"], dnf: ["busybox"], pacman: ["busybox"] },
  },
  {
    what: "the compressor zstd",
    purposes: PORTABLE,
    probe: { kind: "file", names: ["/usr/bin/zstd"] },
    required: true,
    packages: { apt: ["zstd"], dnf: ["zstd"], pacman: ["zstd"] },
  },
  {
    what: "nginx",
    purposes: TEST,
    probe: { kind: "file", names: ["/usr/sbin/nginx"] },
    required: true,
    packages: { apt: ["nginx-light"], dnf: ["nginx"], pacman: ["nginx"] },
  },
  {
    what: "Caddy",
    purposes: TEST,
    probe: { kind: "program", names: ["caddy"] },
    required: true,
    packages: { apt: ["caddy"], dnf: ["caddy"], pacman: ["caddy"] },
  },
  {
    what: "Apache",
    purposes: TEST,
    probe: { kind: "file", names: ["/usr/sbin/apache2"] },
    required: true,
    packages: { apt: ["apache2"], dnf: ["httpd"], pacman: ["apache"] },
  },
  {
    what: "the SSH server",
    purposes: TEST,
    probe: { kind: "file", names: ["/usr/sbin/sshd"] },
    required: true,
    packages: { apt: ["openssh-server"], dnf: ["openssh-server"], pacman: ["openssh"] },
  },
  {
    what: "the SSH client",
    purposes: TEST,
    probe: { kind: "program", names: ["ssh"] },
    required: true,
    packages: { apt: ["openssh-client"], dnf: ["openssh-clients"], pacman: ["openssh"] },
  },
  {
    what: "groff",
    purposes: TEST,
    probe: { kind: "program", names: ["groff"] },
    required: true,
    packages: { apt: ["groff-base"], dnf: ["groff-base"], pacman: ["groff"] },
  },
  {
    what: "mandoc",
    purposes: TEST,
    probe: { kind: "program", names: ["mandoc"] },
    required: true,
    packages: { apt: ["mandoc"], dnf: ["mandoc"], pacman: ["mandoc"] },
  },
  {
    what: "zsh",
    purposes: TEST,
    probe: { kind: "program", names: ["zsh"] },
    required: true,
    packages: { apt: ["zsh"], dnf: ["zsh"], pacman: ["zsh"] },
  },
  {
    what: "fish",
    purposes: TEST,
    probe: { kind: "program", names: ["fish"] },
    required: true,
    packages: { apt: ["fish"], dnf: ["fish"], pacman: ["fish"] },
  },
  {
    what: "Slurm",
    purposes: TEST,
    probe: { kind: "file", names: ["/usr/sbin/slurmctld"] },
    required: true,
    packages: {
      apt: ["slurm-wlm", "munge"],
      dnf: ["slurm-slurmd", "munge"],
      pacman: ["slurm-llnl"],
    },
  },
  {
    what: "xclip",
    purposes: TEST,
    probe: { kind: "program", names: ["xclip"] },
    required: true,
    packages: { apt: ["xclip"], dnf: ["xclip"], pacman: ["xclip"] },
  },
  {
    what: "a C compiler",
    purposes: TEST,
    probe: { kind: "program", names: ["cc"] },
    required: true,
    packages: { apt: ["gcc", "libc6-dev"], dnf: ["gcc"], pacman: ["gcc"] },
  },
  {
    what: "pkg-config",
    purposes: TEST,
    probe: { kind: "program", names: ["pkg-config"] },
    required: true,
    packages: { apt: ["pkg-config"], dnf: ["pkgconf-pkg-config"], pacman: ["pkgconf"] },
  },
  {
    what: "GStreamer's C headers",
    purposes: TEST,
    probe: { kind: "file", names: ["/usr/include/gstreamer-1.0/gst/video/video.h"] },
    required: true,
    packages: {
      apt: ["libgstreamer-plugins-base1.0-dev"],
      dnf: ["gstreamer1-plugins-base-devel"],
      pacman: ["gst-plugins-base-libs"],
    },
  },
  {
    what: "gst-launch-1.0",
    purposes: TEST,
    probe: { kind: "program", names: ["gst-launch-1.0"] },
    required: true,
    packages: { apt: ["gstreamer1.0-tools"], dnf: ["gstreamer1"], pacman: ["gstreamer"] },
  },
  {
    what: "pactl",
    purposes: TEST,
    probe: { kind: "program", names: ["pactl"] },
    required: true,
    packages: {
      apt: ["pulseaudio-utils"],
      dnf: ["pulseaudio-utils"],
      pacman: ["libpulse"],
    },
  },
  {
    what: "GStreamer's X11 elements",
    purposes: TEST,
    probe: { kind: "gstreamer-plugin", names: ["libgstximagesink.so"] },
    required: true,
    packages: {
      apt: ["gstreamer1.0-x"],
      dnf: ["gstreamer1-plugins-base"],
      pacman: ["gst-plugins-base"],
    },
  },
  {
    what: "the AV1 encoder and decoder of libaom",
    purposes: TEST,
    probe: { kind: "gstreamer-plugin", names: ["libgstaom.so"] },
    required: true,
    packages: {
      apt: ["gstreamer1.0-plugins-bad"],
      dnf: ["gstreamer1-plugins-bad-free"],
      pacman: ["gst-plugins-bad"],
    },
  },
  {
    what: "the HEVC encoder x265",
    purposes: TEST,
    probe: { kind: "gstreamer-plugin", names: ["libgstx265.so"] },
    required: true,
    packages: {
      apt: ["gstreamer1.0-plugins-bad"],
      // From RPM Fusion.
      dnf: ["gstreamer1-plugins-bad-freeworld"],
      pacman: ["gst-plugins-bad"],
    },
  },
  {
    what: "an H.264 decoder",
    purposes: TEST,
    probe: { kind: "gstreamer-plugin", names: ["libgstlibav.so"] },
    required: true,
    packages: {
      apt: ["gstreamer1.0-libav"],
      dnf: ["gstreamer1-plugin-libav"],
      pacman: ["gst-libav"],
    },
  },
  {
    what: "Chromium",
    purposes: TEST,
    probe: {
      kind: "program",
      names: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
    },
    required: true,
    packages: { apt: ["chromium"], dnf: ["chromium"], pacman: ["chromium"] },
  },
  {
    what: "Firefox",
    purposes: TEST,
    probe: { kind: "program", names: ["/usr/bin/firefox-esr", "/usr/bin/firefox"] },
    required: true,
    packages: { apt: ["firefox-esr"], dnf: ["firefox"], pacman: ["firefox"] },
  },
  {
    what: "noVNC",
    purposes: ["bench"],
    probe: {
      kind: "file",
      names: ["/usr/share/novnc/vnc.html", "/usr/share/webapps/novnc/vnc.html"],
    },
    required: true,
    packages: { apt: ["novnc"], dnf: ["novnc"], pacman: ["novnc"] },
  },
  {
    what: "websockify",
    purposes: ["bench"],
    probe: { kind: "program", names: ["websockify"] },
    required: true,
    packages: {
      apt: ["websockify"],
      dnf: ["python3-websockify"],
      pacman: ["python-websockify"],
    },
  },
];

/** The packages that bring these needs, each once, in order. */
export function packagesFor(needs: readonly Need[], manager: Manager): string[] {
  return [...new Set(needs.flatMap(({ packages }) => packages[manager]))];
}

const INSTALL: Record<Manager, string> = {
  apt: "apt-get install --no-install-recommends",
  dnf: "dnf install",
  pacman: "pacman -S --needed",
};

/** The command that a person types, as root, to install what these needs take. */
export function installCommand(needs: readonly Need[], manager: Manager): string {
  return `${INSTALL[manager]} ${packagesFor(needs, manager).join(" ")}`;
}
