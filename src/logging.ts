import {
  configure,
  getJsonLinesFormatter,
  getStreamSink,
  getTextFormatter,
  type LogLevel,
  type LogRecord,
} from "@logtape/logtape";

const formatted = getJsonLinesFormatter({ categorySeparator: ".", properties: "flatten" });

/**
 * A record as a line of JSON. An error in its message is what it says: JSON of it would be "{}", and its
 * stack is in a property of its own.
 */
export function jsonLine(record: LogRecord): string {
  const message = record.message.map((part) => part instanceof Error ? part.message : part);
  return formatted({ ...record, message });
}

/** A line for people, or a line of JSON (https://jsonlines.org) for programs that collect logs. */
export type LogFormat = "text" | "json";

/**
 * Sends the log to stderr, a line for each message; stdout is left to what programs read.
 *
 * @param lowestLevel messages below it are dropped.
 */
export async function configureLogging(
  lowestLevel: LogLevel,
  format: LogFormat = "text",
): Promise<void> {
  await configure({
    reset: true,
    sinks: {
      stderr: getStreamSink(Deno.stderr.writable, {
        formatter: format === "json"
          ? jsonLine
          : getTextFormatter({ timestamp: "time", level: "full" }),
      }),
    },
    loggers: [
      { category: ["skerry"], lowestLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["stderr"] },
    ],
  });
}

/**
 * The last line of a program that fails: what is wrong.
 *
 * @param error anything that was thrown.
 */
export function failureLine(error: unknown, format: LogFormat): string {
  const message = error instanceof Error ? error.message : String(error);
  if (format === "text") return `skerry: ${message}`;
  return jsonLine({
    category: ["skerry"],
    level: "fatal",
    message: [message],
    rawMessage: message,
    timestamp: Date.now(),
    properties: error instanceof Error ? { error: error.name } : {},
  }).trimEnd();
}

/**
 * The format that is asked for by options that may be wrong otherwise.
 *
 * @param args the command line.
 */
export function formatAskedFor(
  args: readonly string[],
  { SKERRY_LOG_FORMAT }: Readonly<Record<string, string | undefined>>,
): LogFormat {
  // What follows "--" is another program's.
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const flag = "--log-format";
  const last = own.findLastIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  const value = own[last] === flag ? own[last + 1] : own[last]?.slice(flag.length + 1);
  return (value ?? SKERRY_LOG_FORMAT) === "json" ? "json" : "text";
}
