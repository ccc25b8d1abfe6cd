import assert from "node:assert/strict";
import { ScreenResizedError } from "../../src/display/errors.ts";
import type { Rectangle } from "../../src/display/rectangle.ts";
import { type Capture, type ScreenView, SharedScreen } from "../../src/display/shared_screen.ts";

const WHOLE = { x: 0, y: 0, width: 1000, height: 500 };
const at = (x: number): Rectangle => ({ x, y: 0, width: 40, height: 40 });
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A screen that is drawn on by the test, and whose grabs end when the test says so. */
class Drawing implements Capture, AsyncDisposable {
  readonly width = WHOLE.width;
  readonly height = WHOLE.height;
  readonly stride = WHOLE.width * 4;
  readonly memory = new Uint8Array(this.stride * this.height);
  ondamage: (() => void) | undefined;
  onresize: ((width: number, height: number) => void) | undefined;
  damagedAt: number | undefined = 1;
  grabs = 0;
  disposed = false;
  /** Whether grabs wait for {@link finish}. */
  slow = false;
  #drawn: Rectangle[] = [WHOLE];
  #finish: PromiseWithResolvers<void> | undefined;

  draw(rectangle: Rectangle, now: number): void {
    this.#drawn.push(rectangle);
    if (this.damagedAt !== undefined) return;
    this.damagedAt = now;
    this.ondamage?.();
  }

  async grab() {
    this.grabs++;
    const { damagedAt } = this;
    this.damagedAt = undefined;
    const rectangles = this.#drawn;
    this.#drawn = [];
    if (this.slow) await (this.#finish = Promise.withResolvers()).promise;
    return { rectangles, damagedAt, startedAt: 0, grabbedAt: 0 };
  }

  finish(): void {
    this.#finish?.resolve();
  }

  fail(error: Error): void {
    this.#finish?.reject(error);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

Deno.test("SharedScreen gives every view what changed since its own last look", async () => {
  const drawing = new Drawing();
  await using screen = new SharedScreen(drawing);
  using often = screen.view();
  using seldom = screen.view();
  const look = async (view: ScreenView) => {
    using part = await view.take();
    return part.rectangles;
  };
  assert.deepEqual(await look(often), [WHOLE]);
  assert.deepEqual(await look(seldom), [WHOLE]);
  assert.equal(drawing.grabs, 1);
  assert.equal(often.damagedAt, undefined);
  drawing.draw(at(10), 5);
  assert.deepEqual(await look(often), [at(10)]);
  drawing.draw(at(900), 7);
  assert.deepEqual(await look(often), [at(900)]);
  assert.equal(seldom.damagedAt, 5);
  assert.equal(drawing.grabs, 3);
  // Both are in the frame already: the X server is not asked again.
  assert.deepEqual(await look(seldom), [at(10), at(900)]);
  assert.equal(drawing.grabs, 3);
  assert.equal(seldom.damagedAt, undefined);
});

Deno.test("SharedScreen gives a view of a part what changed there, from the part's corner", async () => {
  const drawing = new Drawing();
  await using screen = new SharedScreen(drawing);
  using left = screen.view({ x: 0, y: 0, width: 500, height: 500 });
  using right = screen.view({ x: 500, y: 0, width: 500, height: 500 });
  const look = async (view: ScreenView) => {
    using part = await view.take();
    return part.rectangles;
  };
  const half = { x: 0, y: 0, width: 500, height: 500 };
  assert.deepEqual(await look(left), [half]);
  assert.deepEqual(await look(right), [half]);
  drawing.draw(at(10), 5);
  assert.deepEqual(await look(left), [at(10)]);
  assert.equal(right.damagedAt, undefined, "what changed elsewhere is taken for news");
  drawing.draw(at(480), 7);
  assert.deepEqual(await look(right), [{ x: 0, y: 0, width: 20, height: 40 }]);
  assert.equal(left.damagedAt, 7);
  assert.deepEqual(await look(left), [{ x: 480, y: 0, width: 20, height: 40 }]);
  assert.equal(drawing.grabs, 3);
});

Deno.test("SharedScreen tells a view that joins late everything, without a grab", async () => {
  const drawing = new Drawing();
  await using screen = new SharedScreen(drawing);
  using first = screen.view();
  (await first.take())[Symbol.dispose]();
  using late = screen.view();
  assert.notEqual(late.damagedAt, undefined);
  using part = await late.take();
  assert.deepEqual(part.rectangles, [WHOLE]);
  assert.equal(drawing.grabs, 1);
});

Deno.test("SharedScreen does not grab while somebody reads the frame", async () => {
  const drawing = new Drawing();
  await using screen = new SharedScreen(drawing);
  using reader = screen.view();
  using other = screen.view();
  const reading = await reader.take();
  drawing.draw(at(4), 3);
  const taking = other.take();
  await turn();
  assert.equal(drawing.grabs, 1);
  assert.equal(reader.damagedAt, 3);
  reading[Symbol.dispose]();
  // Once more changes nothing.
  reading[Symbol.dispose]();
  using part = await taking;
  assert.equal(drawing.grabs, 2);
  assert.deepEqual(part.rectangles, [WHOLE]);
  assert.equal(other.damagedAt, undefined);
  assert.equal(reader.damagedAt, 3);
});

Deno.test("SharedScreen lets views that look at the same time share one grab", async () => {
  const drawing = new Drawing();
  drawing.slow = true;
  await using screen = new SharedScreen(drawing);
  using first = screen.view();
  using second = screen.view();
  const takes = [first.take(), second.take()];
  await turn();
  // It is not in the grab that is under way.
  drawing.draw(at(8), 4);
  drawing.slow = false;
  drawing.finish();
  const [one, two] = await Promise.all([
    takes[0]!,
    // It needs another grab, which waits until the first one's is read.
    takes[1]!,
    takes[0]!.then((part) => part[Symbol.dispose]()),
  ]);
  assert.deepEqual(one.rectangles, [WHOLE]);
  assert.deepEqual(two.rectangles, [WHOLE]);
  two[Symbol.dispose]();
  assert.equal(drawing.grabs, 2);
  assert.equal(first.damagedAt, 4);
  assert.equal(second.damagedAt, undefined);
});

Deno.test("SharedScreen wakes every view on damage, and none that is closed", async () => {
  const drawing = new Drawing();
  await using screen = new SharedScreen(drawing);
  using view = screen.view();
  const closed = screen.view();
  const woken: string[] = [];
  view.ondamage = () => woken.push("view");
  closed.ondamage = () => woken.push("closed");
  (await view.take())[Symbol.dispose]();
  closed[Symbol.dispose]();
  drawing.draw(at(0), 2);
  assert.deepEqual(woken, ["view"]);
});

Deno.test("SharedScreen is lost when it is resized or a grab fails, for all who wait", async () => {
  const resized = new Drawing();
  {
    await using screen = new SharedScreen(resized);
    assert.equal(screen.isLost, false);
    resized.onresize?.(200, 100);
    assert.ok(await screen.lost instanceof ScreenResizedError);
    assert.equal(screen.isLost, true);
  }
  assert.equal(resized.disposed, true);
  const drawing = new Drawing();
  drawing.slow = true;
  await using screen = new SharedScreen(drawing);
  using first = screen.view();
  using second = screen.view();
  const takes = Promise.allSettled([first.take(), second.take()]);
  await turn();
  drawing.fail(new Error("gone"));
  assert.deepEqual((await takes).map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal((await screen.lost).message, "gone");
});
