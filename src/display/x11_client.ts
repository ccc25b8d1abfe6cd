/**
 * The border to `npm:x11`, which has no types: what Skerry uses of it, typed once.
 *
 * @module
 */
import x11 from "x11";
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** Called with an error or a value; returns true to say that the error was dealt with. */
export type Done<T> = (error: Error | null | undefined, value?: T) => boolean | void;

/** One screen of the server, as told at connection set-up. */
export interface XScreen {
  root: number;
  root_depth: number;
  root_visual: number;
  pixel_width: number;
  pixel_height: number;
  depths: Record<number, Record<number, XVisual>>;
}

/** A way that pixels become colours. */
export interface XVisual {
  class: number;
  red_mask: number;
  green_mask: number;
  blue_mask: number;
}

/** What the server told at connection set-up. */
export interface XDisplay {
  screen: XScreen[];
  format: Record<number, { bits_per_pixel: number; scanline_pad: number }>;
  image_byte_order: number;
  min_keycode: number;
  max_keycode: number;
  vendor: string;
  release: number;
}

/** An event; further fields depend on its name. */
export interface XEvent {
  name: string;
  /** Number of the last request that the server had processed. */
  seq: number;
  // deno-lint-ignore no-explicit-any
  [field: string]: any;
}

/** The raw client: core requests as methods, and the packet stream below them. */
export interface XClient {
  display: XDisplay;
  /** Number of the last request made. */
  seq_num: number;
  replies: Record<number, [(body: Buffer, detail: number) => unknown, Done<never>]>;
  pack_stream: {
    put(packet: Buffer): void;
    submit(expectsReply?: boolean): boolean;
    flush(): boolean;
  };
  AllocID(): number;
  ReleaseID(id: number): void;
  on(event: string, listener: (value: never) => void): void;
  require(extension: string, done: Done<unknown>): void;
  // deno-lint-ignore no-explicit-any
  [request: string]: any;
}

/** Options of the library's `createClient` that Skerry uses. */
export interface ClientOptions {
  display: string;
  stream: Socket;
  auth: { name: string; data: string };
  bufferRequests: { flushOnReply: boolean; maxDelay: number };
  shm: false;
}

/** Makes a client; `done` gets the set-up data or what went wrong. */
export const createClient: (options: ClientOptions, done: Done<XDisplay>) => XClient =
  x11.createClient;

/** The library's table of keysyms; a character's description begins with it in parentheses. */
export const keySyms: Readonly<Record<string, { code: number; description: string | null }>> =
  x11.keySyms;
