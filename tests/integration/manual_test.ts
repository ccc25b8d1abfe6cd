import assert from "node:assert/strict";
import {
  completionScript,
  manPage,
  OPTIONS,
  parseSettings,
  SettingsError,
} from "../../src/settings.ts";
import { COMMANDS } from "../../src/settings/commands.ts";
import { valuesOf } from "../../src/settings/completions.ts";
import { SkerryProcess } from "../support/skerry_process.ts";

/** Runs a program on a text; what it has written to both streams. */
async function pipe([program, ...args]: readonly string[], text: string) {
  await using child = new Deno.Command(program!, {
    args,
    env: { LC_ALL: "C.UTF-8", TERM: "dumb" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stderr, stdout } = await child.output();
  const [said, complained] = [stdout, stderr].map((octets) => new TextDecoder().decode(octets));
  return { code, stdout: said!, stderr: complained! };
}

/** What bash offers for a line whose last word is being typed. */
async function bashOffers(words: readonly string[]): Promise<string[]> {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const { code, stderr, stdout } = await pipe(
    ["bash", "--norc", "--noprofile"],
    `${completionScript("bash")}
COMP_WORDS=(${quoted}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
# Outside of a completion there are no options of one to set.
compopt() { :; }
"$(complete -p skerry | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"
printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return stdout.split("\n").filter(Boolean);
}

Deno.test("the manual page names every option and command, and renders without a warning", async () => {
  const page = manPage("1.2.3");
  const lint = await pipe(["mandoc", "-T", "lint"], page);
  assert.deepEqual(lint, { code: 0, stdout: "", stderr: "" });
  const groff = await pipe(["groff", "-man", "-ww", "-T", "utf8", "-P", "-cbou"], page);
  assert.deepEqual({ code: groff.code, stderr: groff.stderr }, { code: 0, stderr: "" });
  const text = groff.stdout.replace(/\s+/g, " ").replaceAll("‐", "-");
  assert.match(text, /skerry 1\.2\.3/);
  for (const { argument, flag, variable } of OPTIONS) {
    assert.ok(text.includes(`${flag} ${argument}`), flag);
    assert.ok(text.includes(variable), variable);
  }
  for (const { name } of COMMANDS) assert.ok(text.includes(`skerry ${name}`), name);
  // The test of the text is one: what is left out is missed.
  assert.ok(!text.includes("--no-such-option"));
});

Deno.test("completions offer nothing that an option does not take", () => {
  let offered = 0;
  for (const option of OPTIONS) {
    for (const word of valuesOf(option).words) {
      offered++;
      // Some go only with others; then the message is not about the value.
      try {
        parseSettings([option.flag, word], {});
      } catch (error) {
        assert.ok(error instanceof SettingsError);
        assert.doesNotMatch(error.message, /does not take/);
      }
    }
  }
  assert.ok(offered > 20);
});

Deno.test("bash completes commands, options, their values and the program", async () => {
  const all = await bashOffers(["skerry", "--"]);
  assert.deepEqual(
    all.toSorted(),
    [...OPTIONS.map(({ flag }) => flag), "--help", "--licenses", "--version"].toSorted(),
  );
  const first = await bashOffers(["skerry", ""]);
  for (const { name } of COMMANDS) assert.ok(first.includes(name), name);
  assert.deepEqual(await bashOffers(["skerry", "--fps", "30", "--tls-k"]), ["--tls-key"]);
  assert.deepEqual(await bashOffers(["skerry", "--codec", "v"]), ["vp8", "vp9"]);
  // Bash takes this for three words.
  assert.deepEqual(await bashOffers(["skerry", "--codec", "=", "h"]), ["h264", "hevc"]);
  assert.deepEqual(await bashOffers(["skerry", "--codec", "="]), valuesOfFlag("--codec"));
  assert.deepEqual(await bashOffers(["skerry", "completions", "z"]), ["zsh"]);
  assert.deepEqual(await bashOffers(["skerry", "--fps", ""]), []);
  const file = import.meta.filename!;
  assert.deepEqual(await bashOffers(["skerry", "--tls-cert", file.slice(0, -3)]), [file]);
  assert.ok((await bashOffers(["skerry", "--", "tru"])).includes("true"));
  assert.deepEqual(await bashOffers(["skerry", "--", "ls", file.slice(0, -3)]), [file]);
});

function valuesOfFlag(flag: string): readonly string[] {
  return valuesOf(OPTIONS.find((option) => option.flag === flag)!).words;
}

Deno.test("fish completes commands, options, their values and the program", async () => {
  const offers = async (line: string) => {
    const script = `${completionScript("fish")}\ncomplete -C '${line}'`;
    const { code, stderr, stdout } = await pipe(["fish", "--no-config"], script);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout.split("\n").map((row) => row.split("\t")[0]!).filter(Boolean);
  };
  const all = await offers("skerry --");
  for (const { flag } of OPTIONS) assert.ok(all.includes(flag), flag);
  assert.deepEqual(await offers("skerry --codec v"), ["vp8", "vp9"]);
  const first = await offers("skerry ");
  for (const { name } of COMMANDS) assert.ok(first.includes(name), name);
  assert.deepEqual(await offers("skerry completions z"), ["zsh"]);
  assert.ok((await offers("skerry -- tru")).includes("true"));
});

Deno.test("zsh completes options and their values", async () => {
  // A terminal of zsh's own, in which a key is pressed: completion works nowhere else.
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/_skerry`, completionScript("zsh"));
    const offers = async (line: string) => {
      const { code, stdout } = await pipe(
        ["timeout", "60", "zsh", "-f"],
        `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'stty rows 500 cols 200; PS1= fpath=(${folder} $fpath) LISTMAX=0'
zpty -w shell 'autoload -U compinit; compinit -u -d ${folder}/dump'
zpty -w shell 'bindkey "^I" list-choices; print -r -- rea""dy'
zpty -r shell answer '*ready*'
zpty -w -n shell '${line}'$'\\t'
zpty -w -n shell $'\\x15print -r -- do""ne\\n'
zpty -r shell answer '*done*'
print -r -- "$answer"`,
      );
      assert.equal(code, 0);
      return stdout;
    };
    const all = await offers("skerry --");
    for (const { flag } of OPTIONS) assert.ok(all.includes(flag), `${flag}: ${all}`);
    const codecs = await offers("skerry --codec ");
    for (const word of valuesOfFlag("--codec")) assert.ok(codecs.includes(word), codecs);
    const first = await offers("skerry ");
    for (const { name } of COMMANDS) assert.ok(first.includes(name), first);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("skerry prints its manual page and its completions", async () => {
  const man = await SkerryProcess.run({ args: ["man"] });
  assert.equal(man.code, 0);
  assert.match(man.stdout, /^\.TH SKERRY 1 /);
  const fish = await SkerryProcess.run({ args: ["completions", "fish"] });
  assert.deepEqual({ code: fish.code, stdout: fish.stdout }, {
    code: 0,
    stdout: completionScript("fish"),
  });
  const { code, stderr } = await SkerryProcess.run({ args: ["completions", "csh"] });
  assert.equal(code, 64);
  assert.match(stderr, /skerry completions bash\|zsh\|fish/);
});
