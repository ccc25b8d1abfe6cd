import assert from "node:assert/strict";
import fc from "fast-check";
import { assignKinds, type Seat, type Wish } from "../../src/session/rendition_assignment.ts";
import { decodes, PLAIN_H264, type RenditionKind } from "../../src/session/rendition_kind.ts";

const kind = (name: string, encodeMs?: number): RenditionKind => ({
  name,
  codec: (name.split("-")[0]!) as RenditionKind["codec"],
  chroma: name.endsWith("-444") ? "444" : "420",
  ...(name === "jpeg" ? { resort: 2 } : {}),
  ...(encodeMs === undefined ? {} : { encodeMs }),
});
const KINDS = [
  kind("h264", 3),
  kind("vp8", 10),
  kind("vp9", 8),
  kind("h264-444", 5),
  kind("vp9-444", 12),
  kind(PLAIN_H264, 5),
  kind("jpeg"),
];

const EVERYTHING = ["h264", "vp8", "vp9", "h264-444", "vp9-444", "jpeg"];

interface Case {
  readonly title: string;
  /** What each decodes; the first leads. */
  readonly viewers: readonly (readonly string[] | undefined)[];
  readonly expected: readonly (string | undefined)[];
  readonly wish?: Wish;
  readonly fullColour?: boolean;
  readonly kinds?: readonly RenditionKind[];
}

const CASES: readonly Case[] = [
  {
    title: "needs no rendition of its own for simple decoders if H.264 is simple anyway",
    viewers: [["h264"], [PLAIN_H264, "jpeg"]],
    expected: ["h264", "h264"],
    kinds: [{ ...kind("h264", 3), plain: true }, kind("jpeg")],
  },
  { title: "gives one viewer the best", viewers: [EVERYTHING], expected: ["h264"] },
  {
    title: "gives who has not said anything what leads",
    viewers: [["vp8"], undefined],
    expected: ["vp8", "vp8"],
  },
  {
    title: "gives who comes first without a word the best of all",
    viewers: [undefined],
    expected: ["h264"],
  },
  {
    title: "lets those share who can",
    viewers: [["h264", "vp8"], ["h264"], ["vp8"], ["vp8", "vp9"]],
    expected: ["h264", "h264", "vp8", "vp8"],
  },
  {
    title: "does not slow who leads for the sake of others",
    viewers: [["h264", "vp8"], ["vp8"]],
    expected: ["h264", "vp8"],
  },
  {
    title: "encodes once if that is nearly as fast",
    viewers: [["vp8", "vp9"], ["vp8"]],
    expected: ["vp8", "vp8"],
    kinds: [kind("vp9", 8), kind("vp8", 10)],
  },
  {
    title: "encodes twice if nobody knows what is how fast",
    viewers: [["vp8", "vp9"], ["vp8"]],
    expected: ["vp9", "vp8"],
    kinds: [kind("vp9"), kind("vp8")],
  },
  {
    title: "leaves the last resort to those who have nothing else",
    viewers: [["h264", "jpeg"], ["vp8", "jpeg"], ["jpeg"], ["vp9", "jpeg"]],
    expected: ["h264", "vp8", "jpeg", "vp9"],
  },
  {
    title: "leaves the last resort to who leads, if that one has nothing else",
    viewers: [["jpeg"], ["vp8", "jpeg"], ["jpeg"]],
    expected: ["jpeg", "vp8", "jpeg"],
  },
  {
    title: "shows plain H.264 to those who decode it, and to those who decode all of H.264",
    viewers: [[PLAIN_H264, "jpeg"], ["h264"]],
    expected: [PLAIN_H264, PLAIN_H264],
  },
  {
    title: "does not make who leads take plain H.264 for others",
    viewers: [["h264"], [PLAIN_H264, "jpeg"]],
    expected: ["h264", PLAIN_H264],
    kinds: [kind("h264", 3), kind(PLAIN_H264, 6), kind("jpeg")],
  },
  {
    title: "gives nothing to who can show nothing",
    viewers: [["h264"], ["theora"], []],
    expected: ["h264", undefined, undefined],
  },
  {
    title: "knows nobody who leads",
    viewers: [],
    expected: [],
  },
  {
    title: "takes the codec that was wished for",
    viewers: [["h264", "vp9"], ["h264", "vp9"]],
    wish: { codec: "vp9" },
    expected: ["vp9", "vp9"],
  },
  {
    title: "does without the wish where it cannot be",
    viewers: [["h264", "vp8"]],
    wish: { codec: "av1", chroma: "444" },
    expected: ["h264"],
  },
  {
    title: "takes JPEG for who wishes it",
    viewers: [["h264", "jpeg"], ["h264"]],
    wish: { codec: "jpeg" },
    expected: ["jpeg", "h264"],
  },
  {
    title: "takes full colour if it was wished for",
    viewers: [["h264", "h264-444"], ["h264"]],
    wish: { chroma: "444" },
    expected: ["h264-444", "h264"],
  },
  {
    title: "takes full colour by itself if there is room",
    viewers: [["h264", "h264-444"]],
    fullColour: true,
    expected: ["h264-444"],
  },
  {
    title: "takes no full colour by itself if that makes for another rendition",
    viewers: [["h264", "h264-444"], ["h264"]],
    fullColour: true,
    expected: ["h264", "h264"],
  },
  {
    title: "takes no full colour against the wish",
    viewers: [["h264", "h264-444"]],
    wish: { chroma: "420" },
    fullColour: true,
    expected: ["h264"],
  },
  {
    title: "takes the first full colour that all can show if there is room",
    viewers: [["h264", "vp9-444", "vp8"], ["vp8", "h264", "vp9-444"]],
    kinds: [kind("h264", 3), kind("vp8", 4), kind("h264-444", 5), kind("vp9-444", 8)],
    fullColour: true,
    expected: ["vp9-444", "vp9-444"],
  },
  {
    title: "takes no full colour by itself that takes long, or nobody knows how long",
    viewers: [["h264", "h264-444", "vp9-444"]],
    kinds: [kind("h264", 3), kind("h264-444", 12), kind("vp9-444")],
    fullColour: true,
    expected: ["h264"],
  },
  {
    title: "takes what was not to be used for those alone who can show nothing else",
    viewers: [["h264", "vp8"], ["vp8", "jpeg"], ["vp8", "h264"], ["jpeg"]],
    kinds: [{ ...kind("vp8", 2), resort: 1 }, kind("h264", 3), kind("jpeg")],
    expected: ["h264", "vp8", "h264", "jpeg"],
  },
  {
    title: "takes full colour rather than nothing",
    viewers: [["vp9-444"]],
    expected: ["vp9-444"],
  },
];

for (const { title, viewers, expected, wish = {}, fullColour = false, kinds = KINDS } of CASES) {
  Deno.test(`assignKinds() ${title}`, () => {
    const seats = viewers.map((decoders, index): Seat => ({ decoders, leads: index === 0 }));
    const assigned = assignKinds(seats, { kinds, wish, fullColour });
    assert.deepEqual(assigned.map((kind) => kind?.name), expected);
  });
}

Deno.test("assignKinds() gives every viewer something that it can show, if there is such", () => {
  const decoders = fc.subarray(KINDS.map(({ name }) => name));
  const seat = fc.record({ decoders, leads: fc.boolean() });
  const wish = fc.record({
    codec: fc.constantFrom("auto" as const, "h264" as const, "vp9" as const),
    chroma: fc.constantFrom("auto" as const, "420" as const, "444" as const),
  });
  fc.assert(fc.property(
    fc.array(seat, { maxLength: 6 }),
    fc.subarray(KINDS),
    wish,
    fc.boolean(),
    (seats, kinds, wish, fullColour) => {
      const assigned = assignKinds(seats, { kinds, wish, fullColour });
      assert.equal(assigned.length, seats.length);
      assigned.forEach((kind, index) => {
        const { decoders } = seats[index]!;
        const possible = kinds.filter((kind) => decodes(decoders, kind));
        if (kind === undefined) assert.deepEqual(possible, []);
        else assert.ok(possible.includes(kind));
        const better = possible.some(({ resort }) => !resort);
        if (better && wish.codec === "auto") assert.ok(!kind?.resort);
      });
    },
  ));
});
