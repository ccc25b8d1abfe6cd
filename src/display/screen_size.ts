/** Changing the size of the screen. */
import { getLogger } from "@logtape/logtape";
import type { DisplayConnection } from "./connection.ts";
import { ExtensionMissingError, XProtocolError } from "./errors.ts";
import { isOwn, MonitorWriter, readMonitors } from "./monitors.ts";

const log = getLogger(["skerry", "display"]);

/** Pixels. */
export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

/**
 * What sizes a screen can take: any, those of its monitor's modes, or the one it has. Xvnc takes any;
 * Xvfb as Debian 12 has it refuses new modes and so keeps its size.
 */
export type SizeChoice = "any" | "modes" | "fixed";

/** RANDR 1.2 brought outputs and modes (randrproto, "Version 1.2"). */
const RANDR = { major: 1, minor: 2 } as const;
const ROTATE_0 = 1;
const CONNECTED = 0;
const SUCCESS = 0;
/** A monitor of no mode is off. */
const NO_MODE = 0;
/** Time 0 means now to the X server. */
const CURRENT_TIME = 0;
/** Pixels per inch of a screen at its usual scale, as a new display's are. */
export const USUAL_DPI = 96;
/** The picture is encoded with colour for each square of four pixels. */
const MULTIPLE = 2;

// deno-lint-ignore no-explicit-any -- the fields of an extension are the library's, untyped
type Randr = any;

interface Mode extends ScreenSize {
  readonly id: number;
}

/** What a monitor is to be. */
export interface MonitorSize extends ScreenSize {
  /** Counts from 1. */
  readonly number: number;
}

/** What a screen is to be. */
export interface Arrangement {
  /** At least one; side by side, in this order. Only a screen of any size can have several. */
  readonly monitors: readonly MonitorSize[];
  /** What programs are told of the size of its pixels, in pixels per inch. */
  readonly dpi?: number;
}

/** An {@link Arrangement}, with what the X server allows. */
interface Layout {
  readonly mode: Mode;
  /** None if the screen is to have but the monitor that it has by itself. */
  readonly monitors: readonly (MonitorSize & { readonly x: number })[];
  readonly dpi: number;
}

interface Output {
  readonly id: number;
  readonly crtc: number;
  /** Modes that it can show, by their ids. */
  readonly modes: readonly number[];
  /** Whether a monitor is there to see: those of Xvnc and Xvfb are of no size. */
  readonly real: boolean;
}

/** Gives a screen another size, if its X server can. */
export class ScreenSizer {
  readonly #connection: DisplayConnection;
  readonly #randr: Randr;
  readonly choice: SizeChoice;
  readonly #monitors: MonitorWriter;
  /** The mode that was made for the present size. */
  #made: Mode | undefined;
  #dpi = USUAL_DPI;

  private constructor(connection: DisplayConnection, randr: Randr, choice: SizeChoice) {
    this.#connection = connection;
    this.#randr = randr;
    this.#monitors = new MonitorWriter(connection, randr);
    this.choice = choice;
  }

  /**
   * Finds out what the screen can do, without changing anything that can be seen.
   *
   * @throws {DisplayClosedError} The X server is gone.
   */
  static async open(connection: DisplayConnection): Promise<ScreenSizer> {
    const fixed = new ScreenSizer(connection, undefined, "fixed");
    let randr: Randr;
    try {
      randr = await connection.extension("randr", "RANDR");
      await connection.request((_client, done) =>
        randr.QueryVersion(RANDR.major, RANDR.minor, done)
      );
    } catch (error) {
      if (error instanceof ExtensionMissingError || error instanceof XProtocolError) return fixed;
      throw error;
    }
    const sizer = new ScreenSizer(connection, randr, "any");
    const { width, height } = connection;
    const output = await sizer.#output();
    if (output === undefined) return fixed;
    // Whether it takes a mode that it does not know shows only when it is asked to. A real monitor would
    // have to show it, with timings that were made for none.
    const probe = output.real
      ? undefined
      : await sizer.#makeMode(output, { width: width + MULTIPLE, height });
    if (probe !== undefined) {
      sizer.#destroyMode(output, probe);
      return sizer;
    }
    return output.modes.length > 1 ? new ScreenSizer(connection, randr, "modes") : fixed;
  }

  /**
   * Gives the screen this size, or the one next to it that it can have.
   *
   * @returns The size that it has then. The connection reports it, too, when it is there.
   * @throws {DisplayClosedError} The X server is gone.
   */
  async resize(wanted: ScreenSize): Promise<ScreenSize> {
    return await this.arrange({ monitors: [{ number: 1, ...wanted }] });
  }

  /**
   * Gives the screen monitors of these sizes, or of those next to them that it can have.
   *
   * @returns The size of the whole screen then. The connection reports it, too, when it is there.
   * @throws {DisplayClosedError} The X server is gone.
   */
  async arrange({ dpi = USUAL_DPI, monitors: wanted }: Arrangement): Promise<ScreenSize> {
    const { width, height } = this.#connection;
    const present = { width, height };
    const output = this.choice === "fixed" ? undefined : await this.#output();
    if (output === undefined) return present;
    const monitors = this.choice === "any" ? inRow(await this.#within(wanted)) : [];
    const mode = this.choice === "any"
      ? await this.#modeOf(output, around(monitors))
      : await this.#nearest(output, wanted[0] ?? present);
    if (mode === undefined) return present;
    const layout = { mode, dpi, monitors: monitors.length > 1 ? monitors : [] };
    if (await this.#isSo(layout)) return mode;
    const taken = await this.#show(output, layout);
    if (this.choice === "any") {
      const useless = taken ? this.#made : mode;
      if (taken) this.#made = mode;
      if (useless !== undefined && useless.id !== this.#made?.id) {
        this.#destroyMode(output, useless);
      }
    }
    if (!taken) {
      log.warn("The X server does not take the size {width}x{height}", {
        width: mode.width,
        height: mode.height,
      });
    }
    await this.#connection.sync();
    return { width: this.#connection.width, height: this.#connection.height };
  }

  /** The output that shows the screen's beginning; undefined if none is in use. */
  async #output(): Promise<Output | undefined> {
    const resources = await this.#resources();
    for (const id of resources.outputs as number[]) {
      const { connection, crtc, crtcs, mm_height, mm_width, modes } = await this.#ask<
        {
          connection: number;
          crtc: number;
          crtcs: number[];
          mm_height: number;
          mm_width: number;
          modes: number[];
        }
      >((done) => this.#randr.GetOutputInfo(id, CURRENT_TIME, done));
      const used = crtc || crtcs[0];
      const real = mm_width > 0 && mm_height > 0;
      if (connection === CONNECTED && used) return { id, crtc: used, modes, real };
    }
    return undefined;
  }

  async #within(wanted: readonly MonitorSize[]): Promise<MonitorSize[]> {
    const range = await this.#ask<
      { minWidth: number; minHeight: number; maxWidth: number; maxHeight: number }
    >((done) => this.#randr.GetScreenSizeRange(this.#connection.root, done));
    const fit = (pixels: number, least: number, most: number) =>
      Math.max(Math.min(pixels, most) & -MULTIPLE, least);
    return wanted.map(({ height, number, width }) => ({
      number,
      width: fit(width, range.minWidth, Math.floor(range.maxWidth / wanted.length)),
      height: fit(height, range.minHeight, range.maxHeight),
    }));
  }

  async #modeOf(output: Output, size: ScreenSize): Promise<Mode | undefined> {
    const { modeinfos } = await this.#resources();
    const same = (modeinfos as Mode[]).find(({ id, width, height }) =>
      width === size.width && height === size.height && output.modes.includes(id)
    );
    return same ?? await this.#makeMode(output, size);
  }

  /** The largest mode that fits, or else the smallest. */
  async #nearest(output: Output, { width, height }: ScreenSize): Promise<Mode | undefined> {
    const { modeinfos } = await this.#resources();
    const known = (modeinfos as Mode[]).filter(({ id }) => output.modes.includes(id))
      .sort((a, b) => b.width * b.height - a.width * a.height);
    return known.find((mode) => mode.width <= width && mode.height <= height) ?? known.at(-1);
  }

  /** @returns undefined if the server refuses it. */
  async #makeMode(output: Output, { width, height }: ScreenSize): Promise<Mode | undefined> {
    const timing = {
      // Of a screen that is shown to nobody; 60 a second in the lists of display settings.
      dot_clock: width * height * 60,
      h_sync_start: width,
      h_sync_end: width,
      h_total: width,
      v_sync_start: height,
      v_sync_end: height,
      v_total: height,
    };
    try {
      const id = await this.#ask<number>((done) =>
        this.#randr.CreateMode(
          this.#connection.root,
          { width, height, ...timing, name: `${width}x${height} (Skerry)` },
          done,
        )
      );
      this.#randr.AddOutputMode(output.id, id);
      const { modes } = await this.#ask<{ modes: number[] }>((done) =>
        this.#randr.GetOutputInfo(output.id, CURRENT_TIME, done)
      );
      if (modes.includes(id)) return { id, width, height };
      this.#randr.DestroyMode(id);
    } catch (error) {
      if (!(error instanceof XProtocolError)) throw error;
      log.debug("The X server makes no mode of {width}x{height}: {error}", {
        width,
        height,
        error,
      });
    }
    return undefined;
  }

  #destroyMode(output: Output, { id }: Mode): void {
    this.#randr.DeleteOutputMode(output.id, id);
    this.#randr.DestroyMode(id);
    this.#connection.flush();
  }

  /** Whether the screen is so already. */
  async #isSo({ dpi, mode, monitors }: Layout): Promise<boolean> {
    const { height, width } = this.#connection;
    if (mode.width !== width || mode.height !== height || dpi !== this.#dpi) return false;
    const present = await this.#ownMonitors();
    return present.length === monitors.length && monitors.every((monitor, index) => {
      const { height, number, width, x } = present[index]!;
      return number === monitor.number && x === monitor.x && width === monitor.width &&
        height === monitor.height;
    });
  }

  /**
   * In one go for all other clients: none of them sees the screen without its monitors. And in one for
   * ourselves: whoever is told of the new size finds the new monitors.
   *
   * @returns Whether the server has taken it; else all is as before.
   */
  async #show(output: Output, { dpi, mode, monitors }: Layout): Promise<boolean> {
    const { client, height, root, width } = this.#connection;
    const setScreen = (size: ScreenSize, dpi: number) =>
      this.#randr.SetScreenSize(
        root,
        size.width,
        size.height,
        millimetres(size.width, dpi),
        millimetres(size.height, dpi),
      );
    const configure = async (id: number) => {
      const outputs = id === NO_MODE ? [] : [output.id];
      const { status } = await this.#ask<{ status: number }>((done) =>
        this.#randr.SetCrtcConfig(
          ...[output.crtc, CURRENT_TIME, CURRENT_TIME, 0, 0, id, ROTATE_0, outputs, done],
        )
      );
      return status === SUCCESS;
    };
    const [present, before] = await Promise.all([
      this.#ownMonitors(),
      this.#ask<{ mode: number }>((done) =>
        this.#randr.GetCrtcInfo(output.crtc, CURRENT_TIME, done)
      ),
    ]);
    await this.#monitors.prepare([...present, ...monitors].map(({ number }) => number));
    const setMonitors = (from: readonly MonitorSize[], to: Layout["monitors"], dpi: number) => {
      for (const { number } of from) this.#monitors.delete(number);
      for (const [index, monitor] of to.entries()) {
        const outputs = index === 0 ? [output.id] : [];
        this.#monitors.set({ ...monitor, y: 0, outputs }, (pixels) => millimetres(pixels, dpi));
      }
    };
    client.GrabServer();
    try {
      // The monitor has to lie within the screen at all times (randrproto, RRSetScreenSize).
      const off = configure(NO_MODE);
      setScreen(mode, dpi);
      const on = configure(mode.id).catch(refused);
      setMonitors(present, monitors, dpi);
      this.#connection.flush();
      await off;
      if (await on) {
        this.#dpi = dpi;
        return true;
      }
      setScreen({ width, height }, this.#dpi);
      setMonitors(monitors, present, this.#dpi);
      await configure(before.mode);
      return false;
    } finally {
      client.UngrabServer();
      this.#connection.flush();
    }
  }

  async #ownMonitors(): Promise<Layout["monitors"]> {
    return (await readMonitors(this.#connection)).filter(isOwn);
  }

  async #resources(): Promise<Randr> {
    return await this.#ask((done) =>
      this.#randr.GetScreenResourcesCurrent(this.#connection.root, done)
    );
  }

  #ask<T>(start: (done: Randr) => void): Promise<T> {
    return this.#connection.request<T>((_client, done) => start(done));
  }
}

/** @returns False: the server said no. @throws what is no answer of the server's. */
function refused(error: unknown): false {
  if (error instanceof XProtocolError) return false;
  throw error;
}

/** Side by side, from the left. */
function inRow(sizes: readonly MonitorSize[]): Layout["monitors"] {
  let x = 0;
  return sizes.map((size) => {
    const monitor = { ...size, x };
    x += size.width;
    return monitor;
  });
}

/** The size of a screen that all of these are on. */
function around(monitors: Layout["monitors"]): ScreenSize {
  return {
    width: Math.max(...monitors.map(({ width, x }) => x + width)),
    height: Math.max(...monitors.map(({ height }) => height)),
  };
}

function millimetres(pixels: number, dpi: number): number {
  return Math.round(pixels * 25.4 / dpi);
}
