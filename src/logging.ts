import { configure, getStreamSink, getTextFormatter, type LogLevel } from "@logtape/logtape";

/**
 * Sends the log to stderr, a line for each message; stdout is left to what programs read.
 *
 * @param lowestLevel messages below it are dropped.
 */
export async function configureLogging(lowestLevel: LogLevel): Promise<void> {
  await configure({
    reset: true,
    sinks: {
      stderr: getStreamSink(Deno.stderr.writable, {
        formatter: getTextFormatter({ timestamp: "time", level: "full" }),
      }),
    },
    loggers: [
      { category: ["skerry"], lowestLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["stderr"] },
    ],
  });
}
