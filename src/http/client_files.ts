/**
 * The files of the web client, held in memory: they are few, and reading them once means that an
 * upgrade on disk never mixes two versions in one page.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { eTag, ifNoneMatch } from "@std/http/etag";
import { contentType } from "@std/media-types/content-type";
import { ClientNotBuiltError } from "./errors.ts";

/** Smaller files are not worth the gzip header. */
const SMALLEST_TO_COMPRESS = 512;

const TEXT = /^(text\/|application\/(javascript|json|manifest\+json|wasm)|image\/svg)/;

interface Representation {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

interface ClientFile {
  readonly type: string;
  readonly plain: Representation;
  readonly gzip: Representation | undefined;
}

export class ClientFiles {
  readonly #files: ReadonlyMap<string, ClientFile>;

  private constructor(files: ReadonlyMap<string, ClientFile>) {
    this.#files = files;
  }

  /**
   * Reads a folder.
   *
   * @param folder The folder of the built client, in a compiled executable too.
   * @throws {ClientNotBuiltError} if there is no `index.html` in it.
   */
  static async load(folder: URL): Promise<ClientFiles> {
    const files: Record<string, Uint8Array<ArrayBuffer>> = {};
    const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
    try {
      await readInto(files, base, "");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    if (files["index.html"] === undefined) {
      throw new ClientNotBuiltError(
        `The web client is not in "${decodeURIComponent(base.pathname)}". ` +
          "Build it with: deno task build",
      );
    }
    return await ClientFiles.of(files);
  }

  /** Takes files by their paths, for example `{ "index.html": bytes }`. */
  static async of(files: Record<string, Uint8Array<ArrayBuffer>>): Promise<ClientFiles> {
    const entries = Object.entries(files).map(async ([path, bytes]) =>
      [path, await describe(path, bytes)] as const
    );
    return new ClientFiles(new Map(await Promise.all(entries)));
  }

  /** The paths of all files, relative to the page. */
  get paths(): string[] {
    return [...this.#files.keys()];
  }

  /**
   * Answers a request for a file.
   *
   * @param path Relative to the page, not escaped; the page itself is the empty path.
   * @param headers Headers of the request: `If-None-Match` and `Accept-Encoding` count.
   * @returns undefined if there is no such file.
   */
  respond(path: string, headers: Headers): Response | undefined {
    const file = this.#files.get(path === "" ? "index.html" : path);
    if (file === undefined) return undefined;
    const compressed = file.gzip !== undefined && acceptsGzip(headers.get("accept-encoding"));
    const { bytes, etag } = compressed ? file.gzip! : file.plain;
    const answer = new Headers({
      // A reload asks each time, and gets 304 while nothing has changed.
      "cache-control": "no-cache",
      "etag": etag,
      "vary": "accept-encoding",
    });
    // The package ships no types; it gives whether the condition holds, that is, no tag matches.
    const changed: boolean = ifNoneMatch(headers.get("if-none-match"), etag);
    if (!changed) return new Response(null, { status: 304, headers: answer });
    answer.set("content-type", file.type);
    answer.set("content-length", String(bytes.byteLength));
    if (compressed) answer.set("content-encoding", "gzip");
    return new Response(bytes, { headers: answer });
  }
}

async function readInto(
  files: Record<string, Uint8Array<ArrayBuffer>>,
  folder: URL,
  prefix: string,
): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const name = encodeURIComponent(entry.name);
    if (entry.isDirectory) {
      await readInto(files, new URL(`${name}/`, folder), `${prefix}${entry.name}/`);
    } else if (entry.isFile) {
      files[prefix + entry.name] = await Deno.readFile(new URL(name, folder));
    }
  }
}

async function describe(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<ClientFile> {
  const extension = /\.[^./]+$/.exec(path)?.[0] ?? "";
  const type: string = contentType(extension) ?? "application/octet-stream";
  const plain = { bytes, etag: await strongTag(bytes) };
  if (!TEXT.test(type) || bytes.byteLength < SMALLEST_TO_COMPRESS) {
    return { type, plain, gzip: undefined };
  }
  const packed = new Uint8Array(gzipSync(bytes));
  return { type, plain, gzip: { bytes: packed, etag: await strongTag(packed) } };
}

async function strongTag(bytes: Uint8Array): Promise<string> {
  return await eTag(bytes);
}

/** RFC 9110 §12.5.3, as far as it concerns gzip. */
function acceptsGzip(header: string | null): boolean {
  return (header ?? "").split(",").some((part) => {
    const [coding, ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    return (coding === "gzip" || coding === "*") &&
      !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
