import assert from "node:assert/strict";
import { request } from "node:http";
import { dirname } from "node:path";
import { canRunSlurm, Slurm } from "../support/slurm.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

const SCRIPT = new URL("../../packaging/slurm/skerry.sbatch", import.meta.url).pathname;

Deno.test({
  name: "Skerry runs as a batch job of Slurm, and ends with it",
  ignore: !canRunSlurm(),
  fn: async () => {
    await using slurm = await Slurm.start();
    const { folder } = slurm;
    const words = SkerryProcess.command().map((word) => `'${word}'`).join(" ");
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(`${folder}/bin/skerry`, `#!/bin/sh\nexec ${words} "$@"\n`);
    await Deno.chmod(`${folder}/bin/skerry`, 0o755);
    const denoDir = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
    const env = {
      HOME: folder,
      DENO_DIR: denoDir,
      PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
      NO_COLOR: "1",
    };
    const fewer = ["--cpus-per-task=1", "--mem=0"];
    const said = await slurm.run(["sbatch", "--parsable", ...fewer, SCRIPT, "--", "sleep", "600"], {
      cwd: folder,
      env,
    });
    const job = said.trim();
    const log = () => Deno.readTextFile(`${folder}/skerry-${job}.log`).catch(() => "");
    const url = await until(
      "the job has written its URL",
      () => Deno.readTextFile(`${folder}/skerry-${job}.url`).catch(() => undefined),
      60_000,
    );
    const output = await log();
    assert.match(url, /^http:\/\/127\.0\.0\.1:8080\/#token=[A-Za-z0-9_-]{32}\n$/);
    assert.ok(!output.includes("token="), "The token is in the job's output.");
    const socket = /ssh -J \S+ -L 8080:(\S+)/.exec(output)?.[1];
    assert.ok(socket, output);
    assert.equal(await statusOf(socket), 200);
    // Nobody can have taken the place before.
    const place = dirname(socket);
    assert.match(place, /\/skerry-\w{8}$/);
    assert.equal(((await Deno.stat(place)).mode ?? 0) & 0o777, 0o700);
    await slurm.run(["scancel", job]);
    await until(
      "the job has ended",
      async () => await slurm.run(["squeue", "--noheader"]) === "",
      30_000,
    );
    // In order: it has removed what it made.
    await assert.rejects(Deno.lstat(place), Deno.errors.NotFound);
    await assert.rejects(Deno.lstat(`${folder}/skerry-${job}.url`), Deno.errors.NotFound);
  },
});

function statusOf(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: "/healthz" }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    asked.on("error", reject);
    asked.end();
  });
}
