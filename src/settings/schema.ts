/**
 * The schema of all settings: each entry is an option of the command line, a variable of the
 * environment, its default, what it takes and its line in the help text.
 *
 * @module
 */
import * as v from "valibot";
import {
  audio,
  directory,
  display,
  duration,
  issuer,
  listenAddress,
  listenPlace,
  name,
  names,
  octets,
  oneOf,
  proxies,
  size,
  text,
  urlPath,
  wholeNumber,
} from "./values.ts";

/** How an option is shown. */
interface OptionDisplay {
  /** The placeholder of its value in the help text. */
  readonly argument: string;
  /** What to show as its default where that is no fixed text. */
  readonly shownDefault?: string;
}

export const SettingsSchema = v.object({
  listen: v.pipe(
    v.optional(listenPlace(), "127.0.0.1:8080"),
    v.description(
      "Address to serve on; port 0 takes a free one. Or a Unix socket that other users of the " +
        "machine cannot reach, in a directory of this user alone. The URL is printed on stdout.",
    ),
    v.metadata({ argument: "HOST:PORT|unix:PATH" }),
  ),
  display: v.pipe(
    v.optional(display(), "new"),
    v.description("Start a display of its own (new), or show one that runs already."),
    v.metadata({ argument: "new|:N" }),
  ),
  size: v.pipe(
    v.optional(size(), "1280x720"),
    v.description("Size of a new display in pixels."),
    v.metadata({ argument: "WxH" }),
  ),
  resize: v.pipe(
    v.optional(oneOf("auto", "on", "off"), "auto"),
    v.description(
      "Whether the screen takes the size of the browser's window: that of a display of its own does " +
        "(auto), that of any display (on), or none.",
    ),
    v.metadata({ argument: "auto|on|off" }),
  ),
  xServer: v.pipe(
    v.optional(oneOf("auto", "xvnc", "xvfb"), "auto"),
    v.description(
      "X server of a new display: Xvnc resizes to anything, Xvfb keeps its first size. " +
        "auto prefers Xvnc.",
    ),
    v.metadata({ argument: "auto|xvnc|xvfb" }),
  ),
  fps: v.pipe(
    v.optional(wholeNumber(1, 240, "frames a second"), "60"),
    v.description("Most frames a second; a still screen sends none."),
    v.metadata({ argument: "N" }),
  ),
  bitrate: v.pipe(
    v.optional(wholeNumber(100, 500_000, "kbit/s"), "8000"),
    v.description("Video bit rate in kbit/s."),
    v.metadata({ argument: "KBIT_S" }),
  ),
  encoder: v.pipe(
    v.optional(name("auto, or the name of a GStreamer encoder, for example x264enc"), "auto"),
    v.description(
      "GStreamer encoder to use. auto tries each at the start and takes the best that works.",
    ),
    v.metadata({ argument: "auto|NAME" }),
  ),
  codec: v.pipe(
    v.optional(oneOf("auto", "h264", "vp8", "vp9", "av1", "hevc"), "auto"),
    v.description("Video codec to use."),
    v.metadata({ argument: "auto|h264|vp8|vp9|av1|hevc" }),
  ),
  chroma: v.pipe(
    v.optional(oneOf("auto", "420", "444"), "auto"),
    v.description(
      "Colour for each square of four pixels (420), which makes coloured text on colour hard to read, " +
        "or for each pixel (444), which takes more bits and time. auto takes 444 where the viewer " +
        "decodes it and the network has room.",
    ),
    v.metadata({ argument: "auto|420|444" }),
  ),
  tiers: v.pipe(
    v.optional(wholeNumber(0, 4, "tiers"), "1"),
    v.description(
      "How many more encodings there may be for viewers that cannot keep up with the others, each with " +
        "half the frames and the bit rate of the one before.",
    ),
    v.metadata({ argument: "N" }),
  ),
  audio: v.pipe(
    v.optional(audio(), "auto"),
    v.description(
      "Sound: of a PulseAudio server of the display's own (auto), of one that runs already, or none.",
    ),
    v.metadata({ argument: "auto|off|pulse:SERVER" }),
  ),
  audioFrame: v.pipe(
    v.optional(oneOf("5", "10", "20"), "10"),
    v.transform((text) => Number(text) as 5 | 10 | 20),
    v.description(
      "Milliseconds of sound in a packet: fewer for less delay, more for less overhead.",
    ),
    v.metadata({ argument: "5|10|20" }),
  ),
  audioBitrate: v.pipe(
    v.optional(wholeNumber(64, 256, "kbit/s"), "128"),
    v.description("Bit rate of sound in kbit/s; silence takes none, nor does sound nobody hears."),
    v.metadata({ argument: "KBIT_S" }),
  ),
  clipboard: v.pipe(
    v.optional(oneOf("both", "in", "out", "off"), "both"),
    v.description(
      "Clipboard shared with viewers who have control: both ways, only theirs in, only the " +
        "desktop's out, or not at all.",
    ),
    v.metadata({ argument: "both|in|out|off" }),
  ),
  clipboardPrimary: v.pipe(
    v.optional(oneOf("on", "off"), "off"),
    v.description("Share what is marked, too: the selection that the middle button pastes."),
    v.metadata({ argument: "on|off" }),
  ),
  clipboardLimit: v.pipe(
    v.optional(octets(1024, 1024 ** 3), "32M"),
    v.description("Most octets of what is copied, in each type."),
    v.metadata({ argument: "OCTETS" }),
  ),
  files: v.pipe(
    v.optional(directory(), "~/Downloads"),
    v.description(
      "Directory that viewers who have control upload to and download from; it is made if it is " +
        "missing.",
    ),
    v.metadata({ argument: "DIR|off" }),
  ),
  filesQuota: v.pipe(
    v.optional(octets(1024 ** 2, 1024 ** 5)),
    v.description("Most octets that the directory may hold for uploads to be taken."),
    v.metadata({ argument: "OCTETS", shownDefault: "none" }),
  ),
  gamepads: v.pipe(
    v.optional(oneOf("auto", "off"), "auto"),
    v.description(
      "Give programs the gamepads of who has control, where this user may write to /dev/uinput (auto).",
    ),
    v.metadata({ argument: "auto|off" }),
  ),
  transport: v.pipe(
    v.optional(oneOf("auto", "websocket", "webtransport"), "auto"),
    v.description("Transport to offer to browsers."),
    v.metadata({ argument: "auto|websocket|webtransport" }),
  ),
  webtransportListen: v.pipe(
    v.optional(listenAddress()),
    v.description(
      "UDP address for WebTransport; with --listen unix:PATH there is none by default.",
    ),
    v.metadata({ argument: "HOST:PORT", shownDefault: "as --listen" }),
  ),
  webtransportAdvertise: v.pipe(
    v.optional(listenAddress()),
    v.description(
      "Address that browsers are told to reach WebTransport at, for servers behind NAT, in " +
        "containers or behind a load balancer.",
    ),
    v.metadata({ argument: "HOST:PORT", shownDefault: "the page's host" }),
  ),
  tls: v.pipe(
    v.optional(oneOf("auto", "self-signed", "off"), "auto"),
    v.description(
      "HTTPS: with --tls-cert (auto), with a certificate of its own that browsers warn of " +
        "(self-signed), or plain HTTP.",
    ),
    v.metadata({ argument: "auto|self-signed|off" }),
  ),
  tlsCert: v.pipe(
    v.optional(text("the path of a file", 4096)),
    v.description(
      "Certificate chain in PEM for HTTPS and WebTransport; read again when it changes.",
    ),
    v.metadata({ argument: "FILE", shownDefault: "none" }),
  ),
  tlsKey: v.pipe(
    v.optional(text("the path of a file", 4096)),
    v.description("Private key in PEM of --tls-cert."),
    v.metadata({ argument: "FILE", shownDefault: "none" }),
  ),
  auth: v.pipe(
    v.optional(oneOf("token", "password", "proxy", "oidc", "none"), "token"),
    v.description(
      "How viewers sign in: with the token, with a name and password of --password-file, at the " +
        "proxy in front (--trusted-proxy), or at an OpenID Connect provider (--oidc-issuer). none " +
        "lets in everybody who can reach the address.",
    ),
    v.metadata({ argument: "token|password|proxy|oidc|none" }),
  ),
  passwordFile: v.pipe(
    v.optional(text("the path of a file", 4096)),
    v.description("File of names and passwords, of lines that skerry password NAME makes."),
    v.metadata({ argument: "FILE", shownDefault: "none" }),
  ),
  userHeader: v.pipe(
    v.optional(name("the name of a header, for example X-Remote-User"), "X-Remote-User"),
    v.description("Header in which the proxy names the user, with --auth proxy."),
    v.metadata({ argument: "NAME" }),
  ),
  allowUsers: v.pipe(
    v.optional(names(), ""),
    v.description(
      "Users of the proxy or the OIDC provider that are let in, with commas between them; * for all " +
        "of them. All of the proxy's are if none are named.",
    ),
    v.metadata({ argument: "LIST", shownDefault: "the proxy's" }),
  ),
  allowGroups: v.pipe(
    v.optional(names(), ""),
    v.description("Groups of the OIDC provider whose members are let in, with commas between."),
    v.metadata({ argument: "LIST", shownDefault: "none" }),
  ),
  oidcIssuer: v.pipe(
    v.optional(issuer()),
    v.description("Address of the OpenID Connect provider, as it names itself, for --auth oidc."),
    v.metadata({ argument: "URL", shownDefault: "none" }),
  ),
  oidcClientId: v.pipe(
    v.optional(text("1 to 256 characters of text on one line", 256)),
    v.description(
      "What the provider knows Skerry by. There, the redirect URI is the page's address and " +
        "api/oidc/callback.",
    ),
    v.metadata({ argument: "TEXT", shownDefault: "none" }),
  ),
  oidcClientSecretFile: v.pipe(
    v.optional(text("the path of a file", 4096)),
    v.description("File with the client secret in its first line; none for a public client."),
    v.metadata({ argument: "FILE", shownDefault: "none" }),
  ),
  oidcScope: v.pipe(
    v.optional(
      v.pipe(
        v.string(),
        v.regex(/^(?=(.* )?openid( |$))[\x21-\x7e ]{1,512}$/, "scopes, and openid among them"),
      ),
      "openid email",
    ),
    v.description("Scopes to ask the provider for, with spaces between."),
    v.metadata({ argument: "LIST" }),
  ),
  oidcUserClaim: v.pipe(
    v.optional(text("the name of a claim, for example email", 128), "email"),
    v.description(
      "Claim with the user's name, for example preferred_username with the scope profile. Addresses " +
        "count only if the provider has verified them.",
    ),
    v.metadata({ argument: "NAME" }),
  ),
  oidcGroupsClaim: v.pipe(
    v.optional(text("the name of a claim, for example roles", 128), "groups"),
    v.description("Claim with the user's groups, for --allow-groups."),
    v.metadata({ argument: "NAME" }),
  ),
  signInLifetime: v.pipe(
    v.optional(duration(), "7d"),
    v.description("When a sign-in ends; without use it does after a day."),
    v.metadata({ argument: "DURATION" }),
  ),
  token: v.pipe(
    v.optional(text("1 to 512 characters of text on one line", 512)),
    v.description(
      "Secret that signs a viewer in. Other users of the machine can read it in the list of " +
        "processes: SKERRY_TOKEN is safer.",
    ),
    v.metadata({ argument: "TEXT", shownDefault: "random" }),
  ),
  tokenFile: v.pipe(
    v.optional(text("the path of a file", 4096)),
    v.description("File with the token in its first line, as container engines hand over secrets."),
    v.metadata({ argument: "FILE", shownDefault: "none" }),
  ),
  urlFile: v.pipe(
    v.optional(text("the path of a file", 4096)),
    v.description("File to write the URL into, with its token, for this user alone."),
    v.metadata({ argument: "FILE", shownDefault: "none" }),
  ),
  basePath: v.pipe(
    v.optional(urlPath(), "/"),
    v.description("Path of the page, for a proxy that passes on whole paths."),
    v.metadata({ argument: "PATH" }),
  ),
  trustedProxy: v.pipe(
    v.optional(proxies(), ""),
    v.description(
      "Proxies whose X-Forwarded-* headers are believed: IP addresses, networks such as 10.0.0.0/8, " +
        "and unix for those that come by a Unix socket, with commas between them.",
    ),
    v.metadata({ argument: "LIST", shownDefault: "none" }),
  ),
  idleTimeout: v.pipe(
    v.optional(duration()),
    v.description(
      "End the session once nobody was connected for so long: 90s, 30m, 8h or 2d, for example.",
    ),
    v.metadata({ argument: "DURATION", shownDefault: "none" }),
  ),
  nice: v.pipe(
    v.optional(wholeNumber(0, 19), "0"),
    v.description(
      "Let other programs of the machine have the processor first, the more the higher (nice(1)); the " +
        "desktop's programs do, too. 0 leaves it as it was.",
    ),
    v.metadata({ argument: "N" }),
  ),
  metricsTokenFile: v.pipe(
    v.optional(text("the path of a file", 4096)),
    v.description(
      "File with a token that opens GET /metrics and nothing else, as Authorization: Bearer. " +
        "Without one, only who is signed in sees the metrics.",
    ),
    v.metadata({ argument: "FILE", shownDefault: "none" }),
  ),
  logLevel: v.pipe(
    v.optional(oneOf("trace", "debug", "info", "warning", "error", "fatal"), "info"),
    v.description("Least severity of the messages on stderr: trace to fatal."),
    v.metadata({ argument: "LEVEL" }),
  ),
  logFormat: v.pipe(
    v.optional(oneOf("text", "json"), "text"),
    v.description("Messages as text for people, or as JSON, one object a line."),
    v.metadata({ argument: "text|json" }),
  ),
});

type SchemaOutput = v.InferOutput<typeof SettingsSchema>;

/** All settings, checked and with their defaults. */
export interface Settings extends SchemaOutput {
  /** The program to show and its arguments; empty for the default desktop. */
  readonly command: readonly string[];
}

/** One option of the command line. */
export interface Option {
  /** Its key in {@link Settings}. */
  readonly key: string;
  /** For example `--log-level`. */
  readonly flag: string;
  /** For example `SKERRY_LOG_LEVEL`. */
  readonly variable: string;
  readonly argument: string;
  readonly description: string;
  readonly defaultText: string | undefined;
}

/** `logLevel` → `--log-level`. */
export function flagName(key: string): string {
  return "--" + key.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
}

/** `logLevel` → `SKERRY_LOG_LEVEL`. */
export function environmentName(key: string): string {
  return "SKERRY_" + key.replace(/[A-Z]/g, (letter) => "_" + letter).toUpperCase();
}

/** Every option, in the order of the help text. */
export const OPTIONS: readonly Option[] = Object.entries(SettingsSchema.entries).map(
  ([key, schema]) => {
    const { argument, shownDefault } = v.getMetadata(schema) as OptionDisplay;
    return {
      key,
      flag: flagName(key),
      variable: environmentName(key),
      argument,
      description: v.getDescription(schema) ?? "",
      defaultText: shownDefault ?? (v.getDefault(schema) as string | undefined),
    };
  },
);

/** The names of all variables that settings are read from. */
export function settingsVariables(): string[] {
  return OPTIONS.map(({ variable }) => variable);
}
