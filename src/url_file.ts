/**
 * The URL in a file that only this user can read; removed again by disposing it.
 *
 * The token in it opens the desktop, so that the file is private from its first moment on, and takes the
 * place of what was there in one step.
 */
export class UrlFile implements AsyncDisposable {
  private constructor(readonly path: string, readonly url: string) {}

  /** @throws what the file system says. */
  static async write(path: string, url: string): Promise<UrlFile> {
    const unfinished = `${path}.${Deno.pid}.new`;
    await Deno.remove(unfinished).catch(() => {});
    await Deno.writeTextFile(unfinished, `${url}\n`, { createNew: true, mode: 0o600 });
    await Deno.rename(unfinished, path);
    return new UrlFile(path, url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // Another Skerry may have put its own there meanwhile.
      if ((await Deno.readTextFile(this.path)).trim() === this.url) await Deno.remove(this.path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
