/**
 * Quantities with their units in their types, so that a rate is never taken for a size, nor kbit for
 * octets. They are plain numbers at run time.
 *
 * A sum of two quantities is a plain number again and gets its unit back by one of the functions below:
 * that is where a mistake would show.
 *
 * @module
 */

declare const unit: unique symbol;

/** A number of some unit. */
type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

/** A duration, or a time of a monotonic clock. */
export type Milliseconds = Quantity<"ms">;
/** An amount of data, in octets. */
export type Bytes = Quantity<"B">;
/** The size of a frame, as encoders count it. */
export type Bits = Quantity<"bit">;
/** A rate, as networks are measured. */
export type BytesPerSecond = Quantity<"B/s">;
/** A rate, as encoders are told it; also bits per millisecond. */
export type KbitPerSecond = Quantity<"kbit/s">;

/** A frequency, as of frames. */
export type PerSecond = Quantity<"1/s">;

/** @throws {RangeError} if it is not a number; times and the like may be infinite. */
function quantity<Q extends number>(value: number, name: string): Q {
  if (Number.isNaN(value)) throw new RangeError(`${name} must be a number, not ${value}`);
  return value as Q;
}

/** @throws {RangeError} if it is not a number. */
export function milliseconds(value: number): Milliseconds {
  return quantity(value, "Milliseconds");
}

/** @throws {RangeError} if it is not a number. */
export function bytes(value: number): Bytes {
  return quantity(value, "Bytes");
}

/** @throws {RangeError} if it is not a number. */
export function bits(value: number): Bits {
  return quantity(value, "Bits");
}

/** @throws {RangeError} if it is not a number. */
export function bytesPerSecond(value: number): BytesPerSecond {
  return quantity(value, "Bytes per second");
}

/** @throws {RangeError} if it is not a number. */
export function kbitPerSecond(value: number): KbitPerSecond {
  return quantity(value, "Kbit per second");
}

/** @throws {RangeError} if it is not a number. */
export function perSecond(value: number): PerSecond {
  return quantity(value, "Times per second");
}

/** 1 kbit/s is 125 octets a second. */
export function toBytesPerSecond(rate: KbitPerSecond): BytesPerSecond {
  return bytesPerSecond(rate * 125);
}

/** 125 octets a second are 1 kbit/s. */
export function toKbitPerSecond(rate: BytesPerSecond): KbitPerSecond {
  return kbitPerSecond(rate / 125);
}

/** How much a rate carries in some time. */
export function bytesIn(rate: BytesPerSecond, time: Milliseconds): Bytes {
  return bytes(rate * time / 1000);
}

/** How long a rate takes for an amount; `Infinity` if it is 0. */
export function timeFor(amount: Bytes, rate: BytesPerSecond): Milliseconds {
  return milliseconds(amount === 0 ? 0 : amount * 1000 / rate);
}

/** The rate that carries an amount in some time. @throws {RangeError} if both are 0. */
export function rateOf(amount: Bytes, time: Milliseconds): BytesPerSecond {
  return bytesPerSecond(amount * 1000 / time);
}

/** 8 bits to the octet. */
export function toBits(amount: Bytes): Bits {
  return bits(amount * 8);
}

/** Octets for so many bits, the last one not always full. */
export function toBytes(amount: Bits): Bytes {
  return bytes(Math.ceil(amount / 8));
}
