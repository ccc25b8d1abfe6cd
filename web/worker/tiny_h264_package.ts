/**
 * Names the package that `build.ts` takes the decoder's WebAssembly module out of. The client does not
 * import this: it would have the module twice, in base64 the second time.
 *
 * @module
 */

export { default } from "tinyh264";
