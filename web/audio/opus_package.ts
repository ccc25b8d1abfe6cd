/**
 * The Opus decoder in WebAssembly, a bundle of its own: pages that have the browser's do without.
 *
 * @module
 */

export { OpusDecoder } from "opus-decoder";
