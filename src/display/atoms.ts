import type { DisplayConnection } from "./connection.ts";

/**
 * Looks the atoms of names up, making those that there are none of yet, in one round trip.
 *
 * @throws {DisplayClosedError} The connection ended.
 */
export async function internAtoms<const N extends string>(
  connection: DisplayConnection,
  names: readonly N[],
): Promise<Readonly<Record<N, number>>> {
  const atoms = names.map((name) =>
    connection.request<number>((client, done) => client.InternAtom(false, name, done))
  );
  connection.flush();
  const found = await Promise.all(atoms);
  return Object.fromEntries(names.map((name, i) => [name, found[i]!])) as Record<N, number>;
}
