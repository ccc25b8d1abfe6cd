import { decodes, type RenditionKind } from "./rendition_kind.ts";
import type { PictureSettings } from "../protocol/control_message.ts";

/**
 * Encoding once for all is worth a slower encoder up to so many times the time of the best one. Above that
 * the one who controls the desktop would wait for the sake of those who look.
 */
const WORTH_SHARING = 1.5;

/**
 * Full colour is not taken by itself from an encoder that needs more milliseconds for a frame: half of what
 * there is at sixty frames a second. A key's echo would wait for the sake of colour.
 */
const FULL_COLOUR_MS = 8;

/** A viewer, as far as it matters here. */
export interface Seat {
  /** What its page decodes; undefined before it has said so. */
  readonly decoders: readonly string[] | undefined;
  /** Whether the picture is to suit this one first: who controls the desktop. */
  readonly leads: boolean;
}

/** What was asked for; what is left out is the server's to choose. */
export type Wish = Pick<PictureSettings, "codec" | "chroma">;

/** From what to choose. */
export interface Offer<K extends RenditionKind> {
  /** Kinds that this machine can make, best first. */
  readonly kinds: readonly K[];
  readonly wish: Wish;
  /** Whether "auto" may take full colour now: the paths have room for it. */
  readonly fullColour: boolean;
}

/**
 * Decides which viewer gets which kind of picture, so that it is encoded as few times as may be.
 *
 * Whoever leads gets the best that it can show, and all who can show that as well share it. If another kind
 * suits everybody and is nearly as fast, all share that. The rest share as few others as possible; what is a
 * resort is nobody's who has a choice.
 *
 * @param seats The viewers; one of them leads, or else the first that has said what it decodes.
 * @returns The kind of each, in their order; undefined for those who can show none of them. Who has not
 * said what it decodes gets what most likely suits: that of who leads.
 */
export function assignKinds<K extends RenditionKind>(
  seats: readonly Seat[],
  offer: Offer<K>,
): (K | undefined)[] {
  const known = seats.filter(({ decoders }) => decoders !== undefined);
  const order = ranked(offer, known);
  const kinds = order.map(({ kind }) => kind);
  const main = mainKind(known, order);
  const fallback = main ?? kinds[0];
  const better = (seat: Seat, { resort = 0 }: K) =>
    kinds.some((kind) => (kind.resort ?? 0) < resort && shows(seat, kind));
  const content = (seat: Seat) =>
    main !== undefined && shows(seat, main) &&
    (main.codec === offer.wish.codec || !better(seat, main));
  const rest = new Set(known.filter((seat) => !content(seat)));
  const others = new Map<Seat, K>();
  for (const resort of [0, 1, 2]) {
    const pool = kinds.filter((kind) => (kind.resort ?? 0) === resort);
    for (let kind = mostWanted(pool, rest); kind; kind = mostWanted(pool, rest)) {
      for (const seat of rest) {
        if (!shows(seat, kind)) continue;
        others.set(seat, kind);
        rest.delete(seat);
      }
    }
  }
  return seats.map((seat) => {
    if (seat.decoders === undefined) return fallback;
    return others.get(seat) ?? (rest.has(seat) ? undefined : main);
  });
}

/** A kind, and how far it is from what was wished for: 0 if it is that. */
interface Ranked<K> {
  readonly kind: K;
  readonly distance: number;
}

/** What was wished for first, and what was not wished for last. */
function ranked<K extends RenditionKind>(offer: Offer<K>, seats: readonly Seat[]): Ranked<K>[] {
  const { codec = "auto", chroma = "auto" } = offer.wish;
  const wished = (kind: K) => codec === "auto" ? (kind.resort ?? 0) === 0 : kind.codec === codec;
  // By itself full colour is taken only where it does not make for another rendition.
  const full = offer.fullColour &&
    offer.kinds.some((kind) =>
      kind.chroma === "444" && wished(kind) && (kind.encodeMs ?? Infinity) <= FULL_COLOUR_MS &&
      seats.every((seat) => shows(seat, kind))
    );
  const wanted = chroma === "auto" ? full ? "444" : "420" : chroma;
  const distance = (kind: K) => (wished(kind) ? 0 : 2) + (kind.chroma === wanted ? 0 : 1);
  return offer.kinds
    .map((kind) => ({ kind, distance: distance(kind) }))
    .sort((a, b) => a.distance - b.distance);
}

function mainKind<K extends RenditionKind>(
  seats: readonly Seat[],
  kinds: readonly Ranked<K>[],
): K | undefined {
  const leader = seats.find(({ leads }) => leads) ?? seats[0];
  if (leader === undefined) return kinds[0]?.kind;
  const best = kinds.find(({ kind }) => shows(leader, kind));
  const shared = kinds.find(({ kind }) => seats.every((seat) => shows(seat, kind)));
  if (best === undefined || shared === undefined || shared.kind.resort) return best?.kind;
  if (shared.distance > best.distance) return best.kind;
  const cost = (shared.kind.encodeMs ?? Infinity) / (best.kind.encodeMs ?? 0);
  return cost <= WORTH_SHARING ? shared.kind : best.kind;
}

/** The kind that most can show, and of those the best; undefined if none can show any. */
function mostWanted<K extends RenditionKind>(
  kinds: readonly K[],
  seats: ReadonlySet<Seat>,
): K | undefined {
  let most = 0;
  let wanted: K | undefined;
  for (const kind of kinds) {
    const count = [...seats].filter((seat) => shows(seat, kind)).length;
    if (count > most) [most, wanted] = [count, kind];
  }
  return wanted;
}

function shows({ decoders }: Seat, kind: RenditionKind): boolean {
  return decoders !== undefined && decodes(decoders, kind);
}
