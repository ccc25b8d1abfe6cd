import assert from "node:assert/strict";
import { localeFor, stringsFor } from "../../web/strings.ts";
import { de } from "../../web/strings/de.ts";
import { en } from "../../web/strings/en.ts";

Deno.test("stringsFor() takes the first language that there is", () => {
  assert.equal(stringsFor(["fr-CH", "de-CH", "en"]), de);
  assert.equal(stringsFor(["EN-us", "de"]), en);
  assert.equal(stringsFor(["fr", "tlh"]), en);
  assert.equal(stringsFor([]), en);
  assert.equal(stringsFor(["constructor"]), en);
});

Deno.test("localeFor() writes numbers in the language of the words", () => {
  assert.equal(localeFor(["fr-CH", "de-CH", "de"]), "de-CH");
  assert.equal(localeFor(["en-GB", "de"]), "en-GB");
  assert.equal(localeFor(["fr", "tlh"]), "en");
});

Deno.test("every language has words for all that there is to say", () => {
  assert.deepEqual(shape(de), shape(en));
});

/** Where there are words; the type checker does not see what is missing in a table of codes. */
function shape(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) {
    assert.notEqual(value, "", path);
    return [path];
  }
  return Object.entries(value).flatMap(([name, each]) => shape(each, `${path}.${name}`)).sort();
}

Deno.test("the page says nothing that is not among the words of a language", async () => {
  const found: string[] = [];
  const folder = new URL("../../web/ui/", import.meta.url);
  for await (const { name } of Deno.readDir(folder)) {
    for (const template of htmlTemplates(await Deno.readTextFile(new URL(name, folder)))) {
      for (const words of wordsOf(template)) found.push(`${name}: ${words}`);
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("wordsOf() finds what is read, and only that", () => {
  const [outer, inner] = htmlTemplates(
    "const a = html`<p title=\"Go on\" class='b'>${b ? html`<b>Hello</b>` : `no ${html}`} ok</p>`;",
  );
  assert.deepEqual(wordsOf(outer!), ["Go on", "ok"]);
  assert.deepEqual(wordsOf(inner!), ["Hello"]);
});

Deno.test("no sentence of a language is left in another", () => {
  const left = shape(en).filter((path) => {
    const [words, others] = [at(en, path), at(de, path)];
    return typeof words === "string" && words === others && /\p{L}{2,} \p{L}{2,}/u.test(words);
  });
  // Names.
  assert.deepEqual(left, [".statistics.decoders.mse"]);
});

/** What a path of {@link shape} leads to. */
function at(value: unknown, path: string): unknown {
  const names = path.slice(1).split(".");
  return names.reduce((inside, name) => (inside as Record<string, unknown>)?.[name], value);
}

/** The fixed parts of all templates of HTML in a source, those inside of others by themselves. */
function htmlTemplates(source: string): string[] {
  const found: string[] = [];
  /** @returns Where the template ends that begins here. */
  const template = (from: number, isHtml: boolean): number => {
    const place = isHtml ? found.push("") - 1 : -1;
    let text = "";
    let i = from;
    for (; i < source.length && source[i] !== "`"; i++) {
      if (source[i] === "\\") i++;
      else if (source.startsWith("${", i)) {
        i = expression(i + 2);
        text += "\n";
      } else text += source[i];
    }
    if (isHtml) found[place] = text;
    return i;
  };
  /** @returns Where the expression ends that begins here: at its brace, or the source's end. */
  const expression = (from: number): number => {
    for (let i = from, depth = 0; i < source.length; i++) {
      const character = source[i]!;
      if (character === "`") i = template(i + 1, source.slice(0, i).endsWith("html"));
      else if (character === '"') i = source.indexOf('"', i + 1);
      else if (source.startsWith("//", i)) i = source.indexOf("\n", i);
      else if (source.startsWith("/*", i)) i = source.indexOf("*/", i) + 1;
      else if (character === "{") depth++;
      else if (character === "}" && depth-- === 0) return i;
    }
    return source.length;
  };
  expression(0);
  return found;
}

/** What somebody reads or hears of a template. */
function wordsOf(template: string): string[] {
  const markup = template.replaceAll(/<!--.*?-->/gs, "");
  const heard = [...markup.matchAll(/(?:aria-label|title|placeholder|alt)="([^"]*)"/g)]
    .map(([, words]) => words!);
  const read = markup.replaceAll(/<[^>]*>/g, "\n").replaceAll(/&\w+;/g, "").split("\n");
  return [...heard, ...read].map((words) => words.trim()).filter((words) => /\p{L}/u.test(words));
}
