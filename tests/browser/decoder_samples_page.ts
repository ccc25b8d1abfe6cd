/**
 * A page that tries the browser's decoders, and then decoders that only claim to decode.
 *
 * @module
 */
import { supportedCodecs } from "../../web/worker/webcodecs_decoder.ts";

const honest = await supportedCodecs();
VideoDecoder.prototype.decode = () => {};
const lying = await supportedCodecs();
Object.assign(globalThis, { result: { honest, lying } });
