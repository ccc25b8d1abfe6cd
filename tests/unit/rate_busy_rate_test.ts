import assert from "node:assert/strict";
import { type BusyContext, BusyRate } from "../../src/rate/busy_rate.ts";
import { bytesPerSecond, milliseconds } from "../../src/rate/units.ts";

const ms = milliseconds;
const CONTEXT: BusyContext = { leastRtt: ms(40), noise: ms(1), memory: ms(40) };

/** Sends trains and acknowledges them as a path of some rate would. */
class Trains {
  readonly busy = new BusyRate();
  #acked = 0;

  /** @param bunch How many acks come at once, with the last of them. */
  train(at: number, acks: number, rate: number, { bunch = 1, lowering = true } = {}): void {
    for (let n = 1; n <= acks; n++) {
      this.#acked += 2800;
      const came = Math.ceil(n / bunch) * bunch;
      this.busy.acked(
        {
          sentAt: ms(at),
          ackedAt: ms(at + 40 + came * 2800 * 1000 / rate),
          ackedBytes: this.#acked,
        },
        CONTEXT,
        lowering,
      );
    }
  }

  near(rate: number, part = 0.02): void {
    const found = this.busy.rate ?? NaN;
    assert.ok(Math.abs(found / rate - 1) < part, `${found} for ${rate}`);
  }
}

Deno.test("BusyRate measures a path by the frames of an idle source", () => {
  const trains = new Trains();
  for (let frame = 0; frame < 5; frame++) trains.train(frame * 1000, 5, 1_250_000);
  trains.near(1_250_000);
});

Deno.test("BusyRate forgets nothing while nothing is sent", () => {
  const trains = new Trains();
  trains.train(0, 20, 1_250_000);
  trains.train(3_600_000, 1, 1_250_000);
  trains.near(1_250_000);
});

Deno.test("BusyRate takes single messages for no rate", () => {
  const trains = new Trains();
  trains.train(0, 20, 1_250_000);
  // One ack every 5 ms would be half of it, but nothing has waited for anything.
  for (let n = 1; n < 100; n++) trains.train(n * 5 + 100, 1, 1_250_000);
  trains.near(1_250_000);
});

Deno.test("BusyRate follows a path that becomes slower within a round trip", () => {
  const trains = new Trains();
  trains.train(0, 20, 1_250_000);
  // 40 ms of acks at a fifth of the rate.
  trains.train(1000, 4, 250_000);
  assert.ok(trains.busy.rate! < 625_000, `${trains.busy.rate}`);
});

Deno.test("BusyRate does not care for bunches", () => {
  const trains = new Trains();
  for (let frame = 0; frame < 10; frame++) {
    trains.train(frame * 1000, 24, 1_250_000, { bunch: 4 });
  }
  trains.near(1_250_000, 0.25);
});

Deno.test("BusyRate counts continuous sending as busy while there is a queue", () => {
  const busy = new BusyRate();
  // A fragment every ms, each 20 ms late: 15 ms of queue ahead of it.
  for (let n = 0; n < 100; n++) {
    busy.acked({ sentAt: ms(n * 2), ackedAt: ms(n * 2 + 60), ackedBytes: n * 2800 }, CONTEXT);
  }
  assert.ok(Math.abs(busy.rate! / 1_400_000 - 1) < 0.02, `${busy.rate}`);
});

Deno.test("BusyRate says nothing of sending without a queue", () => {
  const busy = new BusyRate();
  for (let n = 0; n < 100; n++) {
    busy.acked({ sentAt: ms(n * 2), ackedAt: ms(n * 2 + 40), ackedBytes: n * 2800 }, CONTEXT);
  }
  assert.equal(busy.rate, undefined);
});

Deno.test("BusyRate rises by steps with trains that are too fast to measure", () => {
  const trains = new Trains();
  trains.train(0, 10, 125_000);
  const rates = [trains.busy.rate!];
  for (let frame = 1; frame < 30; frame++) {
    trains.train(frame * 1000, 5, 50_000_000);
    rates.push(trains.busy.rate!);
  }
  for (const [index, rate] of rates.entries()) {
    assert.ok(index === 0 || rate <= rates[index - 1]! * 1.26, `${rates}`);
  }
  // 11,200 octets in less than 3 ms: more cannot be said.
  assert.ok(Math.abs(rates.at(-1)! / 3_733_333 - 1) < 0.01, `${rates}`);
});

Deno.test("BusyRate is lowered by no more than the time of a silence", () => {
  const trains = new Trains();
  trains.train(0, 40, 1_250_000);
  const { busy } = trains;
  assert.equal(busy.after(ms(0), ms(40)), busy.rate);
  assert.ok(busy.after(ms(40), ms(40))! < 625_000);
  assert.ok(busy.after(ms(400), ms(40))! < 1000);
  // It was only asked: nothing is lost by it.
  trains.near(1_250_000);
});

Deno.test("BusyRate is not lowered while the sender holds back", () => {
  const trains = new Trains();
  trains.train(0, 20, 1_250_000);
  trains.train(1000, 20, 250_000, { lowering: false });
  trains.near(1_250_000);
  trains.train(2000, 40, 2_500_000, { lowering: false });
  assert.ok(trains.busy.rate! > 1_900_000);
});

Deno.test("BusyRate takes lower bounds up, never down", () => {
  const busy = new BusyRate();
  assert.equal(busy.after(ms(0), ms(40)), undefined);
  busy.atLeast(bytesPerSecond(1000));
  assert.equal(Math.round(busy.rate!), 1000);
  busy.atLeast(bytesPerSecond(500));
  assert.equal(Math.round(busy.rate!), 1000);
});
