/**
 * The command line: reads the settings, runs the server until it is told to stop, and says what is
 * wrong in a sentence.
 *
 * @module
 */
import { ZombieReaper } from "./src/display/zombie_reaper.ts";
import { examine } from "./src/doctor/doctor.ts";
import { askPassword } from "./src/password_file.ts";
import { licenseText } from "./src/licenses.ts";
import { configureLogging, failureLine, formatAskedFor } from "./src/logging.ts";
import { surviveMishaps } from "./src/mishaps.ts";
import { beNice } from "./src/politeness.ts";
import { run } from "./src/run.ts";
import {
  completionScript,
  helpText,
  manPage,
  parseSettings,
  type Settings,
  SettingsError,
} from "./src/settings.ts";
import { userPath } from "./src/user_path.ts";
import { VERSION } from "./src/version.ts";

/** Exit codes: sysexits.h's EX_USAGE for settings, 1 for everything that fails later. */
const EXIT_USAGE = 64;
const EXIT_FAILURE = 1;

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that comes this soon after the first, in milliseconds, is the same one: a terminal sends
 * it to all processes of a job, and a task runner passes its own on.
 */
const SAME_SIGNAL_MS = 1000;

async function main(args: readonly string[]): Promise<number> {
  let settings: Settings;
  let warnings: readonly string[];
  try {
    const request = parseSettings(args, Deno.env.toObject());
    if (request.action === "help") {
      console.log(helpText());
      return 0;
    }
    if (request.action === "version") {
      console.log(`skerry ${VERSION}`);
      return 0;
    }
    if (request.action === "licenses") {
      console.log(await licenseText());
      return 0;
    }
    if (request.action === "doctor") {
      await configureLogging("error");
      return await examine(request.settings, console.log, new AbortController().signal);
    }
    if (request.action === "man") {
      console.log(manPage(VERSION).trimEnd());
      return 0;
    }
    if (request.action === "completions") {
      console.log(completionScript(request.shell).trimEnd());
      return 0;
    }
    if (request.action === "password") {
      console.log(await askPassword(request.name, request.role));
      return 0;
    }
    if (request.action === "health") {
      const { basePath, listen, tls, tlsCert } = request.settings;
      // It brings an HTTP client, which nothing else needs.
      const { askHealth } = await import("./src/health.ts");
      const secure = tls === "self-signed" || tls === "auto" && tlsCert !== undefined;
      const { said, well } = await askHealth({
        ..."path" in listen ? { path: userPath(listen.path) } : listen,
        basePath,
        secure,
      });
      console.log(said);
      return well ? 0 : EXIT_FAILURE;
    }
    ({ settings, warnings } = request);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(failureLine(error, formatAskedFor(args, Deno.env.toObject())));
    return EXIT_USAGE;
  }
  await configureLogging(settings.logLevel, settings.logFormat);
  if (settings.nice > 0) beNice(settings.nice);
  using _mishaps = surviveMishaps();
  using _reaper = ZombieReaper.startIfFirst();
  const stop = new AbortController();
  let signalledAt: number | undefined;
  const onsignal = () => {
    signalledAt ??= performance.now();
    // A second signal means now; what is left over is cleared away at the next start.
    if (performance.now() - signalledAt > SAME_SIGNAL_MS) Deno.exit(EXIT_FAILURE);
    stop.abort();
  };
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, onsignal);
  try {
    return await run(settings, { warnings, signal: stop.signal, print: console.log });
  } catch (error) {
    if (stop.signal.aborted) return 0;
    const traced = settings.logLevel === "debug" || settings.logLevel === "trace";
    const { logFormat } = settings;
    console.error(traced && logFormat === "text" ? error : failureLine(error, logFormat));
    return EXIT_FAILURE;
  } finally {
    for (const signal of STOP_SIGNALS) Deno.removeSignalListener(signal, onsignal);
  }
}

// The event loop may be held by a library's timer or thread: everything of ours is disposed here.
if (import.meta.main) Deno.exit(await main(Deno.args));
