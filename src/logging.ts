import {
  configure,
  getJsonLinesFormatter,
  getStreamSink,
  getTextFormatter,
  type LogLevel,
} from "@logtape/logtape";

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
          ? getJsonLinesFormatter({ categorySeparator: ".", properties: "flatten" })
          : getTextFormatter({ timestamp: "time", level: "full" }),
      }),
    },
    loggers: [
      { category: ["skerry"], lowestLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["stderr"] },
    ],
  });
}
