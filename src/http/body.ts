/**
 * Bodies of requests: small ones, that come soon.
 *
 * @module
 */
import * as v from "valibot";
import type { AppContext } from "./context.ts";
import { RefusedError } from "./errors.ts";

/** Octets of a request's body; a token and its JSON fit in many times. */
const MOST = 4096;
/** Milliseconds for all of it to come. */
const PATIENCE = 20_000;

/**
 * @param patience Milliseconds for all of it to come.
 * @throws {RefusedError} if it is too large, does not come in time, or is cut off.
 */
export async function readText(c: AppContext, patience = PATIENCE): Promise<string> {
  if (Number(c.req.header("content-length") ?? 0) > MOST) throw tooLarge();
  const reader = c.req.raw.body?.getReader();
  if (reader === undefined) return "";
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new RefusedError(408, "too-slow", "The body did not come in time.")),
    patience,
  );
  late.promise.catch(() => {});
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let octets = 0;;) {
      const { done, value } = await Promise.race([read(reader), late.promise]);
      if (done) return text + decoder.decode();
      octets += value.length;
      if (octets > MOST) throw tooLarge();
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param nothing What an empty body stands for; without it, there has to be one.
 * @throws {RefusedError} if it is not the JSON that is wanted, or as {@link readText} does.
 */
export async function readJson<I, T>(
  c: AppContext,
  schema: v.GenericSchema<I, T>,
  nothing?: I,
): Promise<T> {
  const isJson = /^application\/json\b/i.test(c.req.header("content-type") ?? "");
  if (!isJson && nothing === undefined) throw notJson();
  const text = await readText(c);
  if (text === "" && nothing !== undefined) return v.parse(schema, nothing);
  // A form of a foreign page can say anything but this.
  if (!isJson) throw notJson();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  throw new RefusedError(400, "bad-request", "The body is not the JSON that this address takes.");
}

function notJson(): RefusedError {
  return new RefusedError(415, "json-only", "The body has to be application/json.");
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch {
    // Nobody is left to be told.
    throw new RefusedError(400, "cut-off", "The body was cut off.");
  }
}

function tooLarge(): RefusedError {
  return new RefusedError(413, "too-large", `The body is larger than ${MOST} octets.`);
}
