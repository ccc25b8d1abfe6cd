import { existsSync } from "node:fs";
import { constants } from "node:os";
import { getLogger } from "@logtape/logtape";
import { type Certificates, openCertificates } from "./certificates.ts";
import { auditConnection } from "./connection_audit.ts";
import {
  Audit,
  ClientFiles,
  ConnectionLimits,
  createApp,
  createAuthentication,
  Invitations,
  SignIns,
  Tickets,
  TrustedProxies,
  type ViewerGrant,
} from "./http/mod.ts";
import {
  type EncoderDescription,
  EncoderSpeeds,
  otherEncoders,
  selectEncoders,
  speedsPath,
} from "./media/mod.ts";
import type { Metrics } from "./metrics.ts";
import { openTogether } from "./open_together.ts";
import { openPageServer } from "./page_server.ts";
import { ratePaths } from "./rate/mod.ts";
import { createFeatures } from "./session/features.ts";
import { jpegSource } from "./session/jpeg_screen.ts";
import { IdleTimeout } from "./session/idle_timeout.ts";
import { Session, type SessionOptions, type ViewerPass } from "./session/session.ts";
import { soundOrigin } from "./session/sound_origin.ts";
import type { Settings } from "./settings.ts";
import { readPasswords } from "./password_file.ts";
import { readSecretFile } from "./secret_file.ts";
import { checkProvider, readOidcSettings } from "./oidc_settings.ts";
import type { Transport } from "./protocol/flow.ts";
import { TrafficCounter } from "./traffic_counter.ts";
import { UrlFile } from "./url_file.ts";
import { WebSocketTransport } from "./transport/websocket.ts";
import { listenForWebTransport, type WebTransportListener } from "./webtransport_listener.ts";

const log = getLogger(["skerry"]);

/** The built web client, beside the sources or inside the executable. */
const CLIENT_FOLDER = new URL("../web/dist/", import.meta.url);

export interface RunOptions {
  /** What is allowed but not wise, for the log. */
  readonly warnings?: readonly string[];
  /** Stops the server in order. */
  readonly signal: AbortSignal;
  /** Prints a line that the user asked for: the URL. */
  readonly print: (line: string) => void;
}

/**
 * Runs a session and the server that shows it until the signal is aborted or the session's program
 * has exited.
 *
 * @returns the exit code: the program's own, or 0.
 * @throws a typed error whose message says what is missing and what to do.
 */
export async function run(settings: Settings, options: RunOptions): Promise<number> {
  const { signal } = options;
  for (const warning of options.warnings ?? []) log.warn(warning);
  const token = settings.tokenFile === undefined
    ? settings.token
    : await readSecretFile(settings.tokenFile, "--token-file");
  const metricsToken = settings.metricsTokenFile === undefined
    ? undefined
    : await readSecretFile(settings.metricsTokenFile, "--metrics-token-file");
  // Where everybody gets in, links would say nothing.
  const invitations = settings.auth === "none" ? undefined : new Invitations();
  const { idleTimeout } = settings;
  const idle = idleTimeout === undefined ? undefined : new IdleTimeout(idleTimeout);
  const audit = new Audit();
  const signIns = new SignIns({ audit, longest: settings.signInLifetime });
  const encoding = chooseEncoders(settings, signal);
  const sessionOptions: SessionOptions = {
    display: settings.display,
    xServer: settings.xServer,
    size: settings.size,
    command: settings.command,
    encoding: encoding.then(({ speeds, ...known }) => ({ ...known, speeds: speeds.speeds })),
    lastResorts: [jpegSource],
    tiers: settings.tiers,
    wish: { chroma: settings.chroma },
    framesPerSecond: settings.fps,
    bitrate: settings.bitrate,
    features: [
      ...createFeatures(settings, invitations, signIns),
      ...idle === undefined ? [] : [idle],
    ],
    sound: {
      origin: soundOrigin(settings.audio, settings.display, Deno.env.toObject(), existsSync),
      frameMs: settings.audioFrame,
      bitrateKbit: settings.audioBitrate,
    },
  };
  // The rest is made while the X server and the sound server start.
  const [opened, madeCertificates, client] = await openTogether<
    [Session, Certificates, ClientFiles]
  >([
    (signal) => Session.open(sessionOptions, signal),
    () => openCertificates(settings, Deno.env.toObject()),
    () => ClientFiles.load(CLIENT_FOLDER),
  ], signal);
  await using certificates = madeCertificates;
  await using session = opened;
  const { encoders, speeds } = await encoding;
  await using _measuring = measureLater(speeds, encoders);
  const makePath = ratePaths({ maxBitrate: settings.bitrate, maxFrameRate: settings.fps });
  const auth = createAuthentication({
    auth: settings.auth,
    token,
    passwords: await readPasswords(settings),
    userHeader: settings.userHeader,
    users: settings.allowUsers,
    oidc: await readOidcSettings(settings),
  });
  checkProvider(auth);
  const proxies = new TrustedProxies(settings.trustedProxy);
  const tickets = new Tickets<ViewerGrant>();
  const health = () => ({
    healthy: session.state === "live",
    state: session.state,
    viewers: session.viewers.size,
  });
  const ready = () => health().healthy && !signal.aborted;
  const traffic = new TrafficCounter();
  let metrics: Promise<Metrics> | undefined;
  const readMetrics = async () => {
    // Prometheus' client is not loaded before it is of use: every start would wait for it.
    metrics ??= import("./metrics.ts")
      .then(({ Metrics }) => new Metrics({ session, signIns, ready, traffic }));
    return await (await metrics).read();
  };
  const named = auth.kind === "password" || auth.kind === "proxy" || auth.kind === "oidc";
  const admit = (transport: Transport, grant: ViewerGrant, remote: () => string) => {
    auditConnection(transport, grant, remote);
    traffic.add(transport);
    session.addViewer(transport, passOf(grant, named));
  };
  const webtransport: { listener?: WebTransportListener | undefined } = {};
  using limits = new ConnectionLimits();
  const { listen } = settings;
  await using server = await openPageServer(settings, {
    certificate: certificates.page,
    app: createApp({
      client,
      auth,
      invitations,
      signIns,
      audit,
      basePath: settings.basePath,
      proxies,
      tickets,
      signal,
      websocket: settings.transport !== "webtransport",
      webtransport: () => webtransport.listener?.place,
      hostNames: "path" in listen ? [] : [listen.hostname],
      onViewer: (socket, { grant, remote }) =>
        admit(new WebSocketTransport(socket, { makePath }), grant, () => remote),
      onLeave: (grant, maybe) => {
        if (maybe) session.expectGoodbye(keyOf(grant));
        else session.dismissViewer(keyOf(grant));
      },
      limits,
      health,
      metrics: readMetrics,
      metricsToken,
    }),
  });
  if (server.address !== undefined) limits.watch(server.address.port);
  const address = settings.webtransportListen ?? server.address;
  await using listener = certificates.webtransport === undefined || address === undefined
    ? undefined
    : listenForWebTransport(settings, {
      address,
      certificate: certificates.webtransport,
      redeem: (ticket) => tickets.redeem(ticket),
      makePath,
      onrefused: (remote) => audit.refused("webtransport", remote, "Its handshake is not good."),
      ontransport: admit,
    });
  webtransport.listener = listener;
  const page = new URL(settings.basePath.replace(/\/*$/, "/"), server.url).href;
  const url = page + (auth.kind === "token" ? `#token=${encodeURIComponent(auth.token)}` : "");
  await using _file = settings.urlFile === undefined
    ? undefined
    : await UrlFile.write(settings.urlFile, url);
  // Where the token comes from a file, what is printed is a container's log, say, and others' to read.
  options.print(settings.tokenFile === undefined ? url : page);
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const ended = await Promise.race([
    session.ended,
    stopped,
    ...idle === undefined ? [] : [idle.expired.then(() => undefined)],
  ]);
  if (!ended) return 0;
  const cause = signalOf(ended.code);
  if (cause === undefined) log.info("The program has ended with code {code}", ended);
  else log.warn("The program has crashed: {cause} ended it (code {code})", { ...ended, cause });
  return ended.code;
}

/** What ended a program with this code, as shells count it (bash(1), "EXIT STATUS"). */
function signalOf(code: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}

/**
 * Nobody takes over the viewer of somebody else, even if he knows its secret. The sign-in is no part of it:
 * signing in again in another tab is a new one for all tabs of the browser, which share the cookie.
 */
function keyOf({ identity, viewer }: ViewerGrant): string {
  return `${identity.name} ${viewer}`;
}

function passOf(grant: ViewerGrant, named: boolean): ViewerPass {
  const { identity: { invitation, name, role }, signIn, standby } = grant;
  return {
    key: keyOf(grant),
    role,
    invitation,
    signIn,
    ...named && invitation === undefined ? { name } : {},
    standby,
  };
}

/** Finds out what encodes here, the best first by what is known of this machine's speed. */
async function chooseEncoders(settings: Settings, signal: AbortSignal) {
  const speeds = await EncoderSpeeds.open({ path: speedsPath(Deno.env.toObject()) });
  const { bitrate, chroma, codec, encoder, fps } = settings;
  const ranking = { speeds: speeds.speeds, bitrateKbit: bitrate, fps };
  const encoders = await selectEncoders({ codec, encoder, chroma, ranking, signal });
  return { encoders, others: otherEncoders(encoders), speeds };
}

/**
 * Measures encoders that were not measured on this machine yet, for the next start: once the viewers of this
 * one have their first picture, and never two at a time.
 */
function measureLater(
  speeds: EncoderSpeeds,
  encoders: readonly EncoderDescription[],
): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  const measured = speeds.measure(encoders, { delayMs: 30_000, pauseMs: 3000, signal });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await measured;
    },
  };
}
