/**
 * The version of the project, from its one place, deno.json.
 *
 * @module
 */
import configuration from "../deno.json" with { type: "json" };

/** Semantic version, for example `0.1.0`. */
export const VERSION: string = configuration.version;
