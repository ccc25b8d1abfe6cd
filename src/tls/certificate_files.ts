import { getLogger } from "@logtape/logtape";
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Certificate } from "./certificate.ts";
import { CertificateError } from "./errors.ts";
import { CertificateSource } from "./source.ts";

const logger = getLogger(["skerry", "tls"]);

/**
 * How often to look at the files, in milliseconds. Asked for, not watched: what renews certificates
 * replaces links and folders, which a watch on the file does not see.
 */
const CHECK_MS = 10_000;

export interface CertificateFilesOptions {
  /** Path of the chain in PEM, the server's own certificate first. */
  readonly cert: string;
  /** Path of the private key in PEM. */
  readonly key: string;
  /** How often to look for changes, in milliseconds. */
  readonly checkInterval?: number;
  readonly signal?: AbortSignal;
}

/** The user's own certificate, read again when its files change. Browsers trust it by its authority. */
export class CertificateFiles extends CertificateSource {
  override readonly hashes = [];
  readonly #options: CertificateFilesOptions;
  #current: Certificate;
  #seen: string;
  #timer: ReturnType<typeof setInterval> | undefined;
  #checking: Promise<void> | undefined;

  private constructor(options: CertificateFilesOptions, current: Certificate, seen: string) {
    super();
    this.#options = options;
    this.#current = current;
    this.#seen = seen;
    this.#timer = setInterval(
      () => this.#checking ??= this.#check(),
      options.checkInterval ?? CHECK_MS,
    );
  }

  /**
   * Reads the files and begins to watch them.
   *
   * @throws {CertificateError} if they cannot be read, do not belong together, or are out of date.
   */
  static async open(options: CertificateFilesOptions): Promise<CertificateFiles> {
    options.signal?.throwIfAborted();
    const seen = await fingerprint(options);
    return new CertificateFiles(options, await read(options), seen);
  }

  override get current(): Certificate {
    return this.#current;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#checking;
  }

  async #check(): Promise<void> {
    const { cert, key } = this.#options;
    try {
      const seen = await fingerprint(this.#options);
      if (seen === this.#seen) return;
      // Even if what is there now is bad: it is complained about once, not at every look.
      this.#seen = seen;
      const certificate = await read(this.#options);
      if (this.#timer === undefined || certificate.cert === this.#current.cert) return;
      this.#current = certificate;
      logger.info('The certificate in "{cert}" has changed and is in service', { cert });
      this.changed();
    } catch (error) {
      logger.warn(
        'The files "{cert}" and "{key}" have changed, but the certificate from before stays in ' +
          "service: {error}",
        { cert, key, error },
      );
    } finally {
      this.#checking = undefined;
    }
  }
}

/** Changes whenever one of the files does. */
async function fingerprint({ cert, key }: CertificateFilesOptions): Promise<string> {
  const parts = [];
  for (const path of [cert, key]) {
    try {
      const { mtime, size, ino } = await Deno.stat(path);
      parts.push(mtime?.getTime(), size, ino);
    } catch {
      // While it is being replaced; reading says what is wrong if it stays away.
      parts.push("missing");
    }
  }
  return parts.join();
}

async function read({ cert, key }: CertificateFilesOptions): Promise<Certificate> {
  const [certText, keyText] = await Promise.all([readText(cert), readText(key)]);
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(certText);
  } catch (cause) {
    throw new CertificateError(`"${cert}" holds no certificate in PEM`, { cause });
  }
  try {
    if (!leaf.checkPrivateKey(createPrivateKey(keyText))) {
      throw new CertificateError(`The key in "${key}" is not that of the certificate in "${cert}"`);
    }
  } catch (cause) {
    if (cause instanceof CertificateError) throw cause;
    throw new CertificateError(`"${key}" holds no private key in PEM, or an encrypted one`, {
      cause,
    });
  }
  const [notBefore, notAfter] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  const now = Date.now();
  if (now > notAfter) {
    throw new CertificateError(`The certificate in "${cert}" has expired on ${leaf.validTo}`);
  }
  if (now < notBefore) {
    throw new CertificateError(
      `The certificate in "${cert}" is not valid before ${leaf.validFrom}`,
    );
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(leaf.raw)));
  return { cert: certText, key: keyText, hash, notBefore, notAfter };
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CertificateError(`"${path}" cannot be read: ${why}`, { cause });
  }
}
