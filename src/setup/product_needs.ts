/**
 * What Skerry itself needs of the system.
 *
 * @module
 */
import { type Need, PURPOSES as START } from "./need.ts";

export const PRODUCT_NEEDS: readonly Need[] = [
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
];
