/**
 * What `skerry doctor` looks at.
 *
 * @module
 */

import { describePackage, gstreamer, packageOfElement, SharedMemory } from "../../ffi/mod.ts";
import { DisplayConnection } from "../display/connection.ts";
import { findProgram } from "../display/program.ts";
import { ScreenSizer } from "../display/screen_size.ts";
import { VirtualDisplay } from "../display/virtual_display.ts";
import { encoderCatalogue, measureEncodeMs, probeEncoders } from "../media/mod.ts";
import type { Settings } from "../settings.ts";
import { type Check, type Finding, messageOf } from "./finding.ts";
import { checkPermissions } from "./permissions.ts";
import { checkPorts } from "./ports.ts";
import { checkSound } from "./sound.ts";

/** Milliseconds: slower than this for a frame, motion is not smooth. */
const SMOOTH_FRAME_MS = 16;

const XVNC_PACKAGE = {
  apt: "tigervnc-standalone-server",
  dnf: "tigervnc-server",
  pacman: "tigervnc",
};

/** The checks that these settings call for, in the order in which things are needed. */
export function checksFor(settings: Settings): Check[] {
  return [
    { what: "GStreamer", run: () => Promise.resolve([checkGStreamer()]) },
    { what: "encoders", run: (signal) => checkEncoders(signal) },
    { what: "display", run: (signal) => checkDisplay(settings, signal) },
    { what: "programs", run: () => Promise.resolve(checkPrograms(settings)) },
    { what: "sound", run: async (signal) => [await checkSound(settings, signal)] },
    { what: "shared memory", run: () => Promise.resolve([checkSharedMemory()]) },
    { what: "permissions", run: () => checkPermissions(settings) },
    { what: "ports", run: () => checkPorts(settings) },
  ];
}

function checkGStreamer(): Finding {
  const what = "GStreamer";
  try {
    return { verdict: "ok", what, detail: gstreamer().version };
  } catch (error) {
    // It names the packages.
    return { verdict: "missing", what, detail: messageOf(error) };
  }
}

/** Encodes with each; those that lack hardware or a package are told in one line. */
async function checkEncoders(signal: AbortSignal): Promise<Finding[]> {
  let reports;
  try {
    reports = await probeEncoders({ chroma: "auto", signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return [{ verdict: "missing", what: "encoders", detail: messageOf(error) }];
  }
  const findings: Finding[] = [];
  for (const report of reports) {
    const { chroma, codec, name } = report.encoder;
    const what = `${name} (${codec}${chroma === "444" ? ", 4:4:4" : ""})`;
    if (report.works) {
      const ms = await measureEncodeMs(report.encoder, { signal });
      const slow = ms > SMOOTH_FRAME_MS ? ": too slow for 60 a second" : "";
      const detail = `${ms.toFixed(1)} ms for a frame of 1280x720, a third of it new${slow}`;
      findings.push({ verdict: "ok", what, detail });
      // What is not there at all is no fault; what is there and fails is.
    } else if (gstreamer().hasElement(name)) {
      findings.push({ verdict: "worse", what, detail: report.reason });
    }
  }
  const absent = encoderCatalogue
    .filter(({ chroma, name }) => chroma === "420" && !gstreamer().hasElement(name))
    .map(({ name }) => name);
  if (absent.length > 0) {
    findings.push({
      verdict: "ok",
      what: "not installed",
      detail: `${absent.join(", ")}: those of graphics cards come with their drivers`,
    });
  }
  if (reports.some(({ works }) => works)) return findings;
  return [...findings, {
    verdict: "missing",
    what: "encoders",
    detail: "none works",
    advice: `Install ${
      ["x264enc", "openh264enc"].map((name) =>
        `${describePackage(packageOfElement(name))} for ${name}`
      ).join("; or ")
    }`,
  }];
}

async function checkDisplay(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  const { display, size, xServer } = settings;
  await using resources = new AsyncDisposableStack();
  try {
    const virtual = display === "new"
      ? resources.use(
        await VirtualDisplay.start({
          server: xServer,
          ...size,
          command: [findProgram("sleep") ?? "/bin/sleep", "60"],
          signal,
        }),
      )
      : undefined;
    const connection = resources.use(
      await DisplayConnection.open({
        display: virtual?.display ?? display,
        authority: virtual?.authority,
        signal,
      }),
    );
    const { choice } = await ScreenSizer.open(connection);
    const sizes = { any: "any size", modes: "its monitor's sizes", fixed: "one size" }[choice];
    const what = virtual ? `X server (${virtual.server})` : `X server ${display}`;
    return [{
      verdict: "ok",
      what,
      detail: `${connection.width}x${connection.height}, takes ${sizes}`,
      advice: choice === "fixed"
        ? `For a desktop of the window's size, install ${describePackage(XVNC_PACKAGE)}`
        : undefined,
    }];
  } catch (error) {
    if (signal.aborted) throw error;
    return [{ verdict: "missing", what: "X server", detail: messageOf(error) }];
  }
}

function checkPrograms({ command, display }: Settings): Finding[] {
  if (display !== "new") return [];
  if (command.length > 0) {
    const [name = ""] = command;
    const path = findProgram(name);
    return [
      path === undefined
        ? { verdict: "missing", what: "program", detail: `"${name}" is not installed` }
        : { verdict: "ok", what: "program", detail: path },
    ];
  }
  return [["window manager", "openbox"], ["terminal", "xterm"]].map(([what, name]) => {
    const path = findProgram(name!);
    return path === undefined
      ? {
        verdict: "worse",
        what: what!,
        detail: `${name} is not installed`,
        advice: `Install ${name}, or name a program: skerry -- COMMAND`,
      }
      : { verdict: "ok", what: what!, detail: path };
  });
}

/** The picture is taken from the X server by it; without it, over the socket and slower. */
function checkSharedMemory(): Finding {
  const what = "shared memory";
  try {
    using memory = SharedMemory.create(1920 * 1080 * 4);
    memory.markForRemoval();
    return { verdict: "ok", what, detail: "System V" };
  } catch (error) {
    return {
      verdict: "worse",
      what,
      detail: messageOf(error),
      advice: "The picture is read over the socket: raise kernel.shmmax, or the container's limit",
    };
  }
}
