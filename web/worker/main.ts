/**
 * The worker: transport, decoder and canvas. The page's main thread sends it input and is told what
 * to show around the picture.
 *
 * @module
 */

import type { FromWorker, ToWorker } from "../messages.ts";
import { WorkerSession } from "./worker_session.ts";

/** What is used of `DedicatedWorkerGlobalScope`, which the DOM's types leave out. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const post = (message: FromWorker, transfer: Transferable[] = []) =>
  scope.postMessage(message, transfer);

let session: WorkerSession | undefined;
scope.onmessage = ({ data }) => {
  if (data.type === "start") session ??= new WorkerSession(data, post);
  else session?.handle(data);
};
