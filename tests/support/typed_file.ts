/**
 * A terminal that writes into a file what is typed into it, line by line: what arrives there can be
 * compared with what was typed.
 *
 * @module
 */
import type { Page } from "puppeteer-core";
import { until } from "./until.ts";

export class TypedFile implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async create(): Promise<TypedFile> {
    return new TypedFile(await Deno.makeTempDir({ prefix: "skerry-test-" }));
  }

  /**
   * The command line's end: the program to start.
   *
   * @param options.moving Whether it counts on the screen, without end.
   * @param options.echo Whether it shows what is typed.
   */
  command({ echo = false, moving = false } = {}): string[] {
    const count = "(i=0; while sleep 0.04; do i=$((i+1)); printf '\\r%d' $i; done) &";
    const script = `stty -icanon -isig -iexten -ixon min 1 ${echo ? "" : "-echo"}; ${
      moving ? count : ""
    } cat > ${this.folder}/typed`;
    return ["--", "xterm", "-u8", "-e", "sh", "-c", script];
  }

  async read(): Promise<string> {
    return await Deno.readTextFile(`${this.folder}/typed`).catch(() => "");
  }

  /** Waits until the program runs. */
  async ready(): Promise<void> {
    await until(
      "the terminal runs",
      () => Deno.stat(`${this.folder}/typed`).catch(() => undefined),
    );
  }

  /** Waits until the file holds this and nothing else. */
  async holds(text: string): Promise<void> {
    let last = "";
    await until(
      () => `the file holds ${JSON.stringify(text)}; it holds ${JSON.stringify(last)}`,
      async () => (last = await this.read()) === text,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Types as a quick typist does. */
export async function type(page: Page, text: string, delay = 20): Promise<void> {
  await page.keyboard.type(text, { delay });
}
