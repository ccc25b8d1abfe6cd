import { Transfer, type TransferHost } from "./transfer.ts";

/** What was to be uploaded and could not be read, for the list to say so. */
export class UnreadableTransfer extends Transfer {
  constructor(host: TransferHost, key: number, name: string) {
    super(host, { key, direction: "up", name, size: 0 });
    this.update({ repeatable: false });
    this.fail({ reason: "unreadable", detail: "" });
  }

  override handle(): void {}
  protected override request(): void {}
  protected override release(): void {}
}
