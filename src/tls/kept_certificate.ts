import { getLogger } from "@logtape/logtape";
import { X509Certificate } from "node:crypto";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { CertificateSource } from "./source.ts";

const logger = getLogger(["skerry", "tls"]);

const DAY_MS = 24 * 3600 * 1000;
/** Browsers refuse more than 398 days, from authorities that they know themselves. */
const VALIDITY_MS = 397 * DAY_MS;
/** How long before its end it is replaced. */
const SPARE_MS = 30 * DAY_MS;
/** How far a browser's clock may be behind. */
const MARGIN_MS = DAY_MS;
/** How often to look at the clock: timers stand still while a laptop sleeps. */
const CHECK_MS = 60_000;

export interface KeptCertificateOptions {
  /** The file that it is kept in with its key, in a folder that is made if need be; or nowhere. */
  readonly path: string | undefined;
  /** Host names and IP addresses that it is for. */
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** How often to look at the clock, in milliseconds. */
  readonly checkInterval?: number;
}

/**
 * A certificate of our own for pages, signed by itself and kept in a file that only its user can read:
 * whoever has told his browser to trust it is not asked again at the next start.
 */
export class KeptCertificate extends CertificateSource {
  override readonly hashes = [];
  readonly #options: Required<KeptCertificateOptions>;
  #current: Certificate;
  #timer: ReturnType<typeof setInterval> | undefined;
  #checking: Promise<void> | undefined;

  private constructor(options: Required<KeptCertificateOptions>, current: Certificate) {
    super();
    this.#options = options;
    this.#current = current;
    this.#timer = setInterval(() => {
      this.#checking ??= this.#check().finally(() => this.#checking = undefined);
    }, options.checkInterval);
  }

  /**
   * Takes the certificate from its file, or makes one if there is none that will do. If the file
   * cannot be written, the certificate lives as long as the program.
   */
  static async open(options: KeptCertificateOptions): Promise<KeptCertificate> {
    const all = { now: Date.now, checkInterval: CHECK_MS, ...options };
    return new KeptCertificate(all, await take(all));
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
    try {
      if (isFresh(this.#current, this.#options.now())) return;
      const next = await take(this.#options);
      if (this.#timer === undefined) return;
      this.#current = next;
      this.changed();
    } catch (error) {
      logger.error("The certificate could not be renewed, and will be tried again: {error}", {
        error,
      });
    }
  }
}

async function take(options: Required<KeptCertificateOptions>): Promise<Certificate> {
  const { names, now, path } = options;
  const kept = path === undefined ? undefined : await read(path);
  const missing = names.filter((name) => !kept?.names.includes(name));
  if (kept !== undefined && missing.length === 0 && isFresh(kept.certificate, now())) {
    return kept.certificate;
  }
  const notBefore = Math.floor((now() - MARGIN_MS) / 1000) * 1000;
  const certificate = await makeCertificate({
    notBefore,
    notAfter: notBefore + VALIDITY_MS,
    // Another session of the same user may serve the others.
    names: [...kept?.names ?? [], ...missing],
  });
  if (path === undefined) return certificate;
  try {
    await write(path, certificate.cert + "\n" + certificate.key + "\n");
  } catch (error) {
    logger.warn(
      'The certificate cannot be kept in "{path}", so the next start has another: {why}',
      {
        path,
        why: error instanceof Error ? error.message : String(error),
      },
    );
  }
  return certificate;
}

function isFresh({ notBefore, notAfter }: Certificate, now: number): boolean {
  return now >= notBefore && now < notAfter - SPARE_MS;
}

/** @returns undefined if there is none, or nothing of use. */
async function read(path: string) {
  try {
    const text = await Deno.readTextFile(path);
    const [cert, key] = [/CERTIFICATE/, /PRIVATE KEY/].map((kind) =>
      text.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g)?.find((pem) =>
        kind.test(pem)
      )
    );
    if (cert === undefined || key === undefined) return undefined;
    const parsed = new X509Certificate(cert);
    const names = parsed.subjectAltName?.split(", ").map((name) => name.replace(/^[^:]+:/, "")) ??
      [];
    const certificate: Certificate = {
      cert,
      key,
      hash: new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(parsed.raw))),
      notBefore: Date.parse(parsed.validFrom),
      notAfter: Date.parse(parsed.validTo),
    };
    return { certificate, names };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      logger.warn('The certificate in "{path}" is of no use, and is replaced: {why}', {
        path,
        why: error instanceof Error ? error.message : String(error),
      });
    }
    return undefined;
  }
}

/** Whole or not at all, and never to be read by others. */
async function write(path: string, text: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(temporary, text, { createNew: true, mode: 0o600 });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
