/**
 * English.
 *
 * @module
 */

import type { FailureReason, PathReason } from "../messages.ts";
import { transportName } from "./transport_name.ts";

export const en = {
  /** As the attribute `lang` has it. */
  language: "en",
  desktop: {
    /** Read out when the keyboard goes to the remote desktop. */
    keyboardLabel: "Remote desktop. Keys go to it; Control Alt Shift S opens the panel.",
    pictureLabel: "Picture of the remote desktop",
  },
  status: {
    connecting: "Connecting…",
    reconnecting: "Connecting again…",
    connected: (transport: string) =>
      `Connected over ${transportName(transport)}. Waiting for the picture…`,
    live: (transport: string) => `Connected over ${transportName(transport)}.`,
    viewOnly: "You can watch; somebody else has the control.",
    waiting: (seconds: number) => seconds <= 0 ? "Trying again…" : `Trying again in ${seconds} s.`,
    retryNow: "Try now",
    reload: "Reload the page",
  },
  noPicture: {
    "starting-display": "The desktop is starting…",
    "display-lost": "The desktop’s display has stopped. The server is starting it again…",
    "encoder-lost": "The video encoder has failed. The server is starting another…",
    "no-decoder": "This browser cannot show what the server can encode.",
    ended: "The session has ended.",
  } as Readonly<Record<string, string>>,
  failure: {
    unreachable: "The server cannot be reached.",
    refused: "The server answers, but no connection to the desktop gets through. " +
      "A proxy or firewall in between may not let it pass.",
    lost: "The connection was lost.",
    silent: "The server does not answer any more.",
    closed: "The server has closed the connection.",
    busy: "The server cannot take this page just now.",
    version: "This page and the server are of different versions. Reload the page.",
    "transport-not-offered": "The address asks for a transport that is not offered here. " +
      "Take “transport” out of it.",
    decoder: "The browser could not decode the picture.",
    internal: "Something went wrong in this page. Reload it.",
  } as Readonly<Record<FailureReason["kind"], string>>,
  unsupported: {
    heading: "This page cannot show the desktop",
    insecure: "The browser decodes video only on secure pages, and this one came over plain HTTP " +
      "from another machine.",
    insecureHelp: [
      "Open it over HTTPS, or",
      "on the machine itself as http://localhost, or",
      "through an SSH tunnel, and then as http://localhost:",
    ] as readonly [string, string, string],
    tunnel: (host: string, port: string) => `ssh -L ${port}:127.0.0.1:${port} ${host}`,
    missing: (what: string) =>
      `The browser lacks ${what}. A current Chromium, Chrome, Edge, Firefox or Safari has it.`,
  },
  signIn: {
    heading: "Sign in",
    explanation: "Enter the token that Skerry printed when it started: " +
      "the part after “token=” of its address.",
    label: "Token",
    button: "Sign in",
    wrong: "The server does not know this token. It changes each time that Skerry starts.",
    checking: "Checking…",
  },
  sound: {
    title: "Sound",
    label: "Sound",
    states: {
      off: "Sound is off.",
      starting: "Sound is being turned on…",
      blocked: "The browser plays it after the next click or key.",
      on: "The desktop is heard.",
    },
    hint: "This desktop has sound: turn it on behind this handle.",
    blocked: "Click to hear the desktop",
    lost: "The desktop’s sound is interrupted. It comes back by itself.",
    failed: (reason: string) => `Sound cannot be played: ${reason}`,
    none: "The desktop has no sound.",
    notInstalled: (packages: string) =>
      `The server has no sound. To have it, install there: ${packages}. ` +
      "Then start Skerry again.",
    unsupported: "The browser plays sound only on secure pages: over HTTPS, from localhost, or " +
      "through an SSH tunnel.",
  },
  panel: {
    handle: "Open the panel",
    title: "Skerry",
    sections: "Sections",
    close: "Close",
    shortcut: "Ctrl + Alt + Shift + S",
  },
  /** What is printed on keys. */
  keys: {
    control: "Ctrl",
    alt: "Alt",
    shift: "Shift",
    super: "Super",
    escape: "Esc",
    tab: "Tab",
    delete: "Del",
    print: "Print",
    left: "Left",
    up: "Up",
    down: "Down",
    right: "Right",
  },
  picture: {
    title: "Picture",
    scaling: "Size",
    scalings: { auto: "Automatic", fit: "Fill", integer: "Whole", exact: "1 : 1" },
    scalingHints: {
      auto: "Pixel by pixel, or smaller where the window is too small for that.",
      fit: "As large as the window allows.",
      integer: "As large as the window allows, in whole steps: 1, 2, 3 pixels for each.",
      exact: "Pixel by pixel. Push against an edge to see what lies beyond it.",
    },
    smoothing: "Scaled pixels",
    smoothings: { smooth: "Smooth", crisp: "Crisp" },
    fullScreen: "Full screen",
    leaveFullScreen: "Leave full screen",
    trackpad: "Touch as on a trackpad",
    trackpadHint: "A finger moves the pointer from where it is; a tap clicks there.",
    lockPointer: "Lock the pointer",
    lockPointerHint:
      "For games and 3D: every motion goes to the desktop. Escape gives the pointer back.",
    lockPointerFailed: "The browser does not lock the pointer just now. Try again in a second.",
  },
  keyboard: {
    title: "Keyboard",
    kept: "Keys that the browser keeps",
    keptHint: "Press them here; they go to the desktop.",
    command: "Command as Control",
    commandHint: "⌘C copies, as it does on this Mac. Off, it is the Super key.",
    onScreen: "On-screen keyboard",
    onScreenHint: "A tap of three fingers does the same.",
    bar: "Keys beside the keyboard",
    barLabel: "Row of keys",
    barHint: "Ctrl, Alt, arrows and others at the top.",
    hideBar: "Hide the keys",
    stickyStates: {
      off: "Off",
      next: "For the next key or click",
      locked: "For all that follows",
    },
    lock: "Take the browser’s keys in full screen",
    lockHint: "Alt+Tab, Ctrl+W and Escape go to the desktop there. Hold Escape to leave.",
  },
  clipboard: {
    title: "Clipboard",
    off: "This desktop does not share its clipboard.",
    remote: "Copied on the remote desktop",
    nothing: "Nothing yet",
    more: (characters: number) => `and ${characters.toLocaleString("en")} more characters`,
    image: "Image copied on the remote desktop",
    fetchImage: "Show the image",
    copy: "Copy to this computer",
    copied: "It is in this computer’s clipboard.",
    local: "Text for the remote clipboard",
    send: "Send",
    sent: "It can be pasted on the remote desktop.",
    allow: "Share by itself",
    allowHint:
      "The browser will ask once. From then on what you copy here can be pasted there by menu, too.",
    automatic: "What you copy here can be pasted there, and the other way round.",
    byKeys: "Ctrl+V in the remote desktop pastes what you have copied here.",
  },
  statistics: {
    title: "Statistics",
    connection: "Connection",
    transport: "Transport",
    since: "Since",
    /** One for each reason to use a transport; what is said in detail follows. */
    reasons: {
      forced: "the address asks for it",
      alone: "the other is not to be had",
      first: "it was ready first",
      standby: "it was in reserve",
      silent: "the other fell silent",
      closed: "the other was closed",
      better: "it has proved itself",
      server: "the server has changed to it",
    } as Readonly<Record<PathReason["code"], string>>,
    why: (since: string, reason: string, detail: string) =>
      `${since}: ${reason}${detail === "" ? "" : ` (${detail})`}`,
    other: "Other",
    states: {
      standby: "in reserve",
      opening: "being opened…",
      failed: "failed",
      skipped: "not used",
    } as Readonly<Record<string, string>>,
    route: (transport: string, state: string, detail: string) =>
      `${transportName(transport)}, ${state}${detail === "" ? "" : `: ${detail}`}`,
    codec: "Codec",
    encoder: "Encoder",
    decoder: "Decoder",
    decoders: {
      "no-preference": "WebCodecs",
      "prefer-hardware": "WebCodecs, hardware",
      "prefer-software": "WebCodecs, software",
      "wasm-software": "WebAssembly",
      "wasm-webgl": "WebAssembly, drawn by WebGL",
      "mse": "Media Source Extensions",
      "jpeg": "JPEG",
    } as Readonly<Record<string, string>>,
    size: "Size",
    frames: "Frames",
    bitrate: "Bitrate",
    rtt: "Round trip",
    sound: {
      heading: "Sound",
      bitrate: "Bitrate",
      buffer: "Buffer",
      of: (is: string | undefined, target: string | undefined) => `${is} of ${target}`,
      jitter: "Jitter",
      drift: "Clock drift",
      gaps: "Gaps",
      count: (underruns: number, losses: number) => `${underruns} late, ${losses} lost`,
      latency: "Latency",
      behindPicture: "Behind the picture",
    },
    latency: "Latency",
    step: "Step",
    last: "Last",
    median: "Median",
    parts: {
      wait: "Wait for room",
      grab: "Capture",
      convert: "Convert",
      encode: "Encode",
      network: "Network",
      decode: "Decode",
      present: "Present",
    },
    uplink: "Input to server",
    answer: "Program’s answer",
    inputToPhoton: "Input to picture",
    inputHint: "Press a key or click to measure this.",
    none: "–",
  },
};
