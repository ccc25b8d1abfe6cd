/**
 * Holds the directions that imports may take: `main.ts → src/* → ffi/mod.ts`, and
 * `web/* → src/protocol/* ← src/*`.
 */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** Rooms below src/ that do not know each other; `session` ties them. */
const SIBLINGS = [
  "display",
  "media",
  "audio",
  "files",
  "gamepads",
  "transport",
  "http",
  "rate",
  "tls",
  "settings",
  "setup",
];

interface Import {
  /** Paths from the root of the project; `to` is a bare specifier if it is no file of ours. */
  readonly from: string;
  readonly to: string;
  /** Whether only types are imported, which leaves nothing at run time. */
  readonly typeOnly: boolean;
}

/** A rule: what is forbidden, and why, said as in a message. */
interface Rule {
  readonly why: string;
  readonly forbids: (edge: Import) => boolean;
}

const RULES: readonly Rule[] = [
  {
    why: "ffi/ imports nothing from outside",
    forbids: ({ from, to }) => isIn(from, "ffi") && isOurs(to) && !isIn(to, "ffi"),
  },
  {
    why: "only ffi/mod.ts is for the rest of the project: pointers stay in ffi/",
    forbids: ({ from, to }) =>
      !isIn(from, "ffi") && !isIn(from, "tests/ffi") && isIn(to, "ffi") && to !== "ffi/mod.ts",
  },
  {
    why: "src/protocol/ is shared with the browser and imports nothing of the server",
    forbids: ({ from, to }) =>
      isIn(from, "src/protocol") && isOurs(to) && !isIn(to, "src/protocol"),
  },
  {
    why: "src/protocol/ runs in browsers: neither node: modules nor server libraries",
    forbids: ({ from, to }) =>
      isIn(from, "src/protocol") && !isOurs(to) && !/^(valibot|@std\/)/.test(to),
  },
  {
    why: "web/ imports only itself and src/protocol/",
    forbids: ({ from, to }) =>
      isIn(from, "web") && isOurs(to) && !isIn(to, "web") && !isIn(to, "src/protocol"),
  },
  {
    why: "the server does not import the client's sources",
    forbids: ({ from, to }) => isIn(from, "src") && isIn(to, "web"),
  },
  {
    why: "nothing but tests imports main.ts, tests or packaging",
    forbids: ({ from, to }) =>
      !isIn(from, "tests") && (to === "main.ts" || isIn(to, "tests")) ||
      isIn(to, "packaging") && !isIn(from, "packaging") && !isIn(from, "tests"),
  },
  {
    why: "rooms of src/ do not import each other; session/ ties them",
    forbids: ({ from, to, typeOnly }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return !typeOnly && a !== b && SIBLINGS.includes(a) && SIBLINGS.includes(b);
    },
  },
  {
    why: "rooms of src/ do not import session/, which ties them",
    forbids: ({ from, to, typeOnly }) =>
      !typeOnly && SIBLINGS.includes(roomOf(from)) && roomOf(to) === "session",
  },
];

function isIn(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function isOurs(path: string): boolean {
  return /^(main\.ts|deno\.json)$|^(ffi|src|web|tests|packaging)\//.test(path);
}

/** `src/display/x.ts` and `src/display.ts` → `display`. */
function roomOf(path: string): string {
  return /^src\/([^/.]+)/.exec(path)?.[1] ?? "";
}

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      if (!/^(\..*|node_modules|dist|bench-report)$/.test(name)) {
        yield* sources(new URL(`${encodeURIComponent(name)}/`, folder));
      }
    } else if (name.endsWith(".ts")) {
      yield new URL(encodeURIComponent(name), folder);
    }
  }
}

/** `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`. */
const STATEMENT =
  /^\s*(import|export)\b(?:\s+(type)\b(?!\s*,|\s+from\b))?(?:[^;"']*?\bfrom)?\s*["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["'`]([^"'`]+)["'`]/g;

function importsOf(source: string, file: URL): Import[] {
  const from = relative(file);
  const resolve = (specifier: string) =>
    /^[./]/.test(specifier) ? relative(new URL(specifier, file)) : specifier;
  const statements = source.matchAll(STATEMENT).map(([, , type, specifier]) => ({
    from,
    to: resolve(specifier!),
    typeOnly: type !== undefined,
  }));
  const calls = source.matchAll(DYNAMIC).map(([, specifier]) => ({
    from,
    to: resolve(specifier!),
    typeOnly: false,
  }));
  return [...statements, ...calls];
}

function relative(url: URL): string {
  return decodeURIComponent(url.href.slice(ROOT.href.length));
}

function violations(edges: readonly Import[]): string[] {
  return edges.flatMap((edge) =>
    RULES.filter(({ forbids }) => forbids(edge))
      .map(({ why }) => `${edge.from} imports ${edge.to}, but ${why}.`)
  );
}

Deno.test("imports point one way", async () => {
  const edges: Import[] = [];
  let files = 0;
  for await (const file of sources(ROOT)) {
    files++;
    edges.push(...importsOf(await Deno.readTextFile(file), file));
  }
  assert.ok(files > 20 && edges.length > files, "The sources were not found.");
  assert.ok(edges.some(({ from, to }) => from === "main.ts" && isIn(to, "src")));
  assert.deepEqual(violations(edges), []);
});

Deno.test("src/protocol/ names no object of Deno's or of the page's", async () => {
  const found: string[] = [];
  for await (const file of sources(new URL("src/protocol/", ROOT))) {
    const code = (await Deno.readTextFile(file)).replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
    for (const [name] of code.matchAll(/\b(?:Deno|document|window|process|Buffer)\s*\./g)) {
      found.push(`${relative(file)} uses ${name}`);
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("importsOf() finds imports however they are written", () => {
  const source = `
    import a from "./a.ts";
    import { b, type C } from "../b.ts"; // "./not.ts"
    import {
      d,
      e,
    } from "./d.ts";
    import type { F } from "./f.ts";
    export type { G } from "./g.ts";
    export * from "./h.ts";
    export { i } from "./i.ts";
    import * as j from 'valibot';
    import "./k.ts";
    import data from "../../deno.json" with { type: "json" };
    const l = await import("./l.ts");
    import type from "./m.ts";
    export const text = "from"; const other = "./no.ts";
  `;
  const edges = importsOf(source, new URL("src/display/x.ts", ROOT));
  assert.deepEqual(edges.map(({ to, typeOnly }) => typeOnly ? `${to} (types)` : to), [
    "src/display/a.ts",
    "src/b.ts",
    "src/display/d.ts",
    "src/display/f.ts (types)",
    "src/display/g.ts (types)",
    "src/display/h.ts",
    "src/display/i.ts",
    "valibot",
    "src/display/k.ts",
    "deno.json",
    "src/display/m.ts",
    "src/display/l.ts",
  ]);
});

Deno.test("every rule of the imports forbids something", () => {
  const edge = (from: string, to: string) => ({ from, to, typeOnly: false });
  const wrong = [
    edge("ffi/bus.ts", "src/settings.ts"),
    edge("src/media/encoder.ts", "ffi/symbols.ts"),
    edge("src/protocol/vlu.ts", "src/settings.ts"),
    edge("src/protocol/vlu.ts", "node:buffer"),
    edge("web/main.ts", "src/http/app.ts"),
    edge("src/http/app.ts", "web/main.ts"),
    edge("src/http/app.ts", "main.ts"),
    edge("src/http/app.ts", "src/display/capture.ts"),
    edge("src/media/encoder.ts", "src/session/session.ts"),
  ];
  for (const { why, forbids } of RULES) assert.ok(wrong.some(forbids), why);
  for (const bad of wrong) assert.notDeepEqual(violations([bad]), [], bad.from);
  const right = [
    edge("main.ts", "src/settings.ts"),
    edge("src/media/encoder.ts", "ffi/mod.ts"),
    edge("tests/ffi/bus_test.ts", "ffi/bus.ts"),
    edge("src/session/session.ts", "src/display/capture.ts"),
    edge("web/main.ts", "src/protocol/flow.ts"),
    edge("src/transport/websocket.ts", "src/protocol/flow.ts"),
    { from: "src/http/app.ts", to: "src/session/session.ts", typeOnly: true },
  ];
  assert.deepEqual(violations(right), []);
});
