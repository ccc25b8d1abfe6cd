/**
 * What building, testing and measuring take besides.
 *
 * @module
 */
import type { Need, Purpose } from "./need.ts";

const PORTABLE: readonly Purpose[] = ["portable", "test", "bench"];
const TEST: readonly Purpose[] = ["test", "bench"];

export const DEVELOPMENT_NEEDS: readonly Need[] = [
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
