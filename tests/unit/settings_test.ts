import assert from "node:assert/strict";
import {
  helpText,
  OPTIONS,
  parseSettings,
  type Settings,
  SettingsError,
  settingsVariables,
} from "../../src/settings.ts";

type Environment = Record<string, string | undefined>;

function run(args: string[], environment: Environment = {}) {
  const request = parseSettings(args, environment);
  assert.equal(request.action, "run");
  return request as Extract<typeof request, { action: "run" }>;
}

function settingsOf(args: string[], environment: Environment = {}): Settings {
  return run(args, environment).settings;
}

function messageOf(args: string[], environment: Environment = {}): string {
  try {
    parseSettings(args, environment);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.message;
  }
  assert.fail(`${JSON.stringify(args)} was taken.`);
}

Deno.test("parseSettings() gives the defaults", () => {
  assert.deepEqual(run([]), {
    action: "run",
    settings: {
      listen: { hostname: "127.0.0.1", port: 8080 },
      display: "new",
      size: { width: 1280, height: 720 },
      resize: "auto",
      xServer: "auto",
      fps: 60,
      bitrate: 8000,
      encoder: "auto",
      codec: "auto",
      chroma: "auto",
      tiers: 1,
      audio: { kind: "auto" },
      audioFrame: 10,
      audioBitrate: 128,
      clipboard: "both",
      clipboardPrimary: "off",
      clipboardLimit: 32 * 1024 ** 2,
      files: { kind: "directory", path: "~/Downloads" },
      gamepads: "auto",
      transport: "auto",
      tls: "auto",
      auth: "token",
      userHeader: "X-Remote-User",
      allowUsers: [],
      allowGroups: [],
      oidcScope: "openid email",
      oidcUserClaim: "email",
      oidcGroupsClaim: "groups",
      signInLifetime: 7 * 24 * 3600_000,
      basePath: "/",
      trustedProxy: [],
      nice: 0,
      logLevel: "info",
      logFormat: "text",
      command: [],
    },
    warnings: [],
  });
});

Deno.test("parseSettings() reads every option in both spellings", () => {
  const values: Record<string, [string, unknown]> = {
    listen: ["[::1]:0", { hostname: "::1", port: 0 }],
    display: [":7", ":7"],
    size: ["1920x1080", { width: 1920, height: 1080 }],
    resize: ["on", "on"],
    xServer: ["xvfb", "xvfb"],
    fps: ["30", 30],
    bitrate: ["2500", 2500],
    encoder: ["x264enc", "x264enc"],
    codec: ["vp8", "vp8"],
    chroma: ["444", "444"],
    tiers: ["0", 0],
    audio: ["pulse:tcp:desk:4713", { kind: "server", address: "tcp:desk:4713" }],
    audioFrame: ["5", 5],
    audioBitrate: ["96", 96],
    clipboard: ["in", "in"],
    clipboardPrimary: ["on", "on"],
    clipboardLimit: ["64M", 64 * 1024 ** 2],
    files: ["/srv/files", { kind: "directory", path: "/srv/files" }],
    filesQuota: ["10G", 10 * 1024 ** 3],
    gamepads: ["off", "off"],
    transport: ["websocket", "websocket"],
    webtransportListen: ["0.0.0.0:4433", { hostname: "0.0.0.0", port: 4433 }],
    webtransportAdvertise: ["desk.example:443", { hostname: "desk.example", port: 443 }],
    tls: ["off", "off"],
    tlsCert: ["cert.pem", "cert.pem"],
    tlsKey: ["key.pem", "key.pem"],
    auth: ["none", "none"],
    token: ["correct horse", "correct horse"],
    passwordFile: ["/etc/skerry/passwords", "/etc/skerry/passwords"],
    userHeader: ["X-Forwarded-User", "X-Forwarded-User"],
    allowUsers: ["ada, grace", ["ada", "grace"]],
    allowGroups: ["lab,desk", ["lab", "desk"]],
    oidcIssuer: ["https://id.example/realms/lab", new URL("https://id.example/realms/lab")],
    oidcClientId: ["skerry", "skerry"],
    oidcClientSecretFile: ["/run/secrets/oidc", "/run/secrets/oidc"],
    oidcScope: ["openid profile", "openid profile"],
    oidcUserClaim: ["sub", "sub"],
    oidcGroupsClaim: ["roles", "roles"],
    signInLifetime: ["12h", 12 * 3600_000],
    metricsTokenFile: ["/run/secrets/metrics", "/run/secrets/metrics"],
    tokenFile: ["/run/secrets/token", "/run/secrets/token"],
    urlFile: ["/run/user/1000/skerry.url", "/run/user/1000/skerry.url"],
    basePath: ["/desk/ada", "/desk/ada"],
    trustedProxy: ["127.0.0.1, 10.0.0.0/8,unix", ["127.0.0.1", "10.0.0.0/8", "unix"]],
    idleTimeout: ["90m", 90 * 60_000],
    nice: ["10", 10],
    logLevel: ["debug", "debug"],
    logFormat: ["json", "json"],
  };
  assert.deepEqual(Object.keys(values).sort(), OPTIONS.map(({ key }) => key).sort());
  for (const { key, flag, variable } of OPTIONS) {
    const [text, expected] = values[key]!;
    // A certificate goes with its key.
    const both = { SKERRY_TLS_CERT: "cert.pem", SKERRY_TLS_KEY: "key.pem" };
    const read = (args: string[], environment: Environment = {}) =>
      settingsOf(args, { ...both, ...environment })[key as keyof Settings];
    assert.deepEqual(read([flag, text]), expected, flag);
    assert.deepEqual(read([`${flag}=${text}`]), expected, flag);
    assert.deepEqual(read([], { [variable]: text }), expected, variable);
  }
});

Deno.test("parseSettings() takes a Unix socket to listen on, which speaks no TLS", () => {
  assert.deepEqual(settingsOf(["--listen", "unix:/run/user/1/s:8080"]).listen, {
    path: "/run/user/1/s:8080",
  });
  const listen = ["--listen", "unix:socket"];
  assert.match(messageOf([...listen, "--tls", "self-signed"]), /--tls asks for HTTPS/);
  const files = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
  assert.match(messageOf([...listen, ...files]), /--tls-cert asks for HTTPS.*Add --tls off/);
  settingsOf([...listen, ...files, "--tls", "off"]);
  assert.match(
    messageOf([...listen, "--transport", "webtransport"]),
    /goes with --webtransport-listen/,
  );
  assert.deepEqual(run([...listen, "--auth", "none"]).warnings, []);
});

Deno.test("parseSettings() puts the command line before the environment", () => {
  const environment = { SKERRY_FPS: "30", SKERRY_BITRATE: "1000", SKERRY_CODEC: "" };
  const settings = settingsOf(["--fps", "15"], environment);
  assert.equal(settings.fps, 15);
  assert.equal(settings.bitrate, 1000);
  assert.equal(settings.codec, "auto");
});

Deno.test("parseSettings() lets the last of two equal options win", () => {
  assert.equal(settingsOf(["--fps", "15", "--fps", "20"]).fps, 20);
});

Deno.test("parseSettings() leaves the command alone", () => {
  const { command, fps } = settingsOf(["--fps", "15", "--", "xterm", "--fps", "20", "--", "-e"]);
  assert.deepEqual(command, ["xterm", "--fps", "20", "--", "-e"]);
  assert.equal(fps, 15);
});

Deno.test("parseSettings() tells help and version apart from a run", () => {
  assert.deepEqual(parseSettings(["--help"], {}), { action: "help" });
  assert.deepEqual(parseSettings(["-h"], {}), { action: "help" });
  assert.deepEqual(parseSettings(["--version"], {}), { action: "version" });
  assert.deepEqual(parseSettings(["--licenses"], {}), { action: "licenses" });
  for (const action of ["doctor", "health"] as const) {
    const request = parseSettings([action, "--fps", "15"], {});
    assert.ok(request.action === action && request.settings.fps === 15);
  }
  // A broken environment is no reason to withhold the help.
  assert.deepEqual(parseSettings(["--help"], { SKERRY_FPS: "many" }), { action: "help" });
  assert.equal(run(["--", "xterm", "--help"]).action, "run");
});

Deno.test("parseSettings() names the nearest option for an unknown one", () => {
  assert.equal(
    messageOf(["--bit-rate", "3"]),
    'The option "--bit-rate" is not known. Did you mean "--bitrate"?',
  );
  assert.equal(
    messageOf(["--telepathy"]),
    'The option "--telepathy" is not known. See --help for all options.',
  );
  assert.match(messageOf(["-f", "3"]), /"-f" is not known/);
  // The names of settings are no options.
  assert.match(messageOf(["--logLevel", "info"]), /Did you mean "--log-level"\?/);
});

Deno.test("parseSettings() quotes a bad value and says what is taken", () => {
  assert.equal(
    messageOf(["--fps", "fast"]),
    'The option --fps does not take "fast": it takes a whole number from 1 to 240 ' +
      "(frames a second).",
  );
  assert.equal(
    messageOf([], { SKERRY_CODEC: "h265" }),
    'The variable SKERRY_CODEC does not take "h265": it takes auto, h264, vp8, vp9, av1 or hevc.',
  );
});

Deno.test("parseSettings() refuses values out of range or malformed", () => {
  const bad: Record<string, string[]> = {
    "--listen": [
      "",
      "unix:",
      "unix:a\nb",
      "8080",
      "127.0.0.1",
      "127.0.0.1:",
      ":8080",
      "host:65536",
      "::1:80",
      "a b:1",
    ],
    "--display": ["", "7", ":", ":x", "old", "host:0"],
    "--size": ["", "1280", "1280x", "0x0", "63x64", "1280x16385", "-1280x720", "1280x720x2"],
    "--x-server": ["Xvnc", "xorg"],
    "--fps": ["0", "241", "-1", "1.5", "1e2", " 5", "0x10"],
    "--bitrate": ["99", "500001", "8M"],
    "--encoder": ["", "x264enc speed-preset=1", "a ! b", "-"],
    "--codec": ["H264", "h265"],
    "--transport": ["tcp", "quic"],
    "--auth": ["magic"],
    "--oidc-issuer": ["http://id.example", "ftp://127.0.0.1", "id.example", "https://u@id.example"],
    "--oidc-scope": ["profile", "openidx", ""],
    "--sign-in-lifetime": ["0s", "1w", "168"],
    "--token": ["", "two\nlines", "x".repeat(513)],
    "--log-level": ["warn", "3"],
    "--nice": ["-1", "20"],
    "--idle-timeout": ["", "0s", "10", "1.5h", "25d", "9999999d", "-1h"],
  };
  for (const [flag, values] of Object.entries(bad)) {
    for (const value of values) {
      assert.match(messageOf([`${flag}=${value}`]), new RegExp(`^The option ${flag} `), value);
    }
  }
});

Deno.test("parseSettings() never repeats a token in an error", () => {
  const message = messageOf(["--token", "se\ncret"]);
  assert.doesNotMatch(message, /se\ncret/);
  assert.match(message, /on one line/);
});

Deno.test("parseSettings() misses a value", () => {
  assert.equal(messageOf(["--size"]), "The option --size needs a value: WxH.");
  assert.match(messageOf(["--token", "--fps", "20"]), /write --token=--fps/);
  assert.equal(settingsOf(["--token=--fps"]).token, "--fps");
  assert.match(messageOf(["--"]), /command after "--" is missing/);
});

Deno.test("parseSettings() refuses an argument that is no option", () => {
  assert.equal(
    messageOf(["xterm"]),
    'The argument "xterm" is not an option. To show one program, put it after "--": ' +
      "skerry -- xterm",
  );
});

Deno.test("parseSettings() refuses a command on a display that runs already", () => {
  assert.match(messageOf(["--display", ":0", "--", "xterm"]), /"xterm" cannot be started/);
});

Deno.test("parseSettings() warns of what is allowed but not wise", () => {
  const warnings = (args: string[], environment: Environment = {}) =>
    run(args, environment).warnings.join("\n");
  assert.match(warnings(["--auth", "none"]), /every user of this machine/);
  assert.match(warnings(["--auth", "none", "--listen", "0.0.0.0:80"]), /can reach 0\.0\.0\.0/);
  assert.match(warnings(["--auth", "none", "--token", "x".repeat(20)]), /token has no effect/);
  assert.match(warnings(["--token", "x".repeat(20)]), /Set SKERRY_TOKEN instead/);
  assert.equal(warnings([], { SKERRY_TOKEN: "x".repeat(20) }), "");
  assert.match(warnings([], { SKERRY_TOKEN: "abc" }), /token is short/);
  assert.match(warnings(["--display", ":0", "--size", "640x480"]), /--size has no effect/);
  assert.equal(warnings([], { SKERRY_SESSION: "x", PATH: "/bin" }), "");
  assert.match(warnings([], { SKERRY_LISTNE: "x" }), /Did you mean SKERRY_LISTEN\?/);
});

Deno.test("helpText() shows every option, its default and no line over the width", () => {
  for (const width of [60, 80, 120]) {
    const text = helpText(width);
    for (const { flag, argument, defaultText } of OPTIONS) {
      assert.ok(text.includes(`  ${flag} ${argument}`), flag);
      if (defaultText !== undefined) {
        assert.ok(text.replace(/\s+/g, " ").includes(`(default: ${defaultText})`), flag);
      }
    }
    for (const line of text.split("\n")) assert.ok(line.length <= width, line);
  }
});

Deno.test("settingsVariables() names a variable for each option", () => {
  assert.ok(settingsVariables().includes("SKERRY_LOG_LEVEL"));
  assert.equal(new Set(settingsVariables()).size, OPTIONS.length);
});

Deno.test("the README's table has every option with its default", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  for (const { flag, defaultText } of OPTIONS) {
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${flag} `));
    assert.ok(row, `${flag} is not in the table.`);
    const shown = row.split(/(?<!\\)\|/)[2]?.replaceAll("`", "").trim();
    assert.equal(shown, defaultText, flag);
  }
});

Deno.test("parseSettings() takes one certificate for HTTPS, not two", () => {
  const files = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
  assert.equal(settingsOf([...files, "--tls", "off"]).tls, "off");
  assert.equal(
    messageOf([...files, "--tls", "self-signed"]),
    "The option --tls asks for a certificate of Skerry's own, and the option --tls-cert names " +
      "another. Leave one of them out.",
  );
});

Deno.test("parseSettings() wants to know who of an OIDC provider is let in", () => {
  const provider = ["--auth", "oidc", "--oidc-issuer", "https://id.example"];
  assert.match(messageOf(provider), /--oidc-client-id/);
  const client = [...provider, "--oidc-client-id", "skerry"];
  assert.match(messageOf(client), /--allow-users or --allow-groups/);
  assert.equal(settingsOf([...client, "--allow-groups", "lab"]).oidcIssuer?.host, "id.example");
  assert.equal(settingsOf([...client, "--allow-users", "*"]).auth, "oidc");
});
