/**
 * All that the page can look like, for pictures and for axe: the desktop with what lies over it, each
 * section of the panel, each failure of the connection, and what asks for a name or a token.
 *
 * A scene that would take minutes to come about, such as a full disk, is told to the page's elements;
 * they show it as they show what comes from the server.
 *
 * @module
 */
import type { Page } from "puppeteer-core";
import type { ShellElement } from "../../web/ui/shell.ts";
import type { ConnectionState, FailureReason } from "../../web/messages.ts";
import type { PageState } from "../../web/page_state.ts";
import { closePanel, inSection, isOpen, openSection } from "./panel.ts";

export interface PageScene {
  /** As a file is named. */
  readonly name: string;
  /** Lets the page look like it, from any other scene. */
  show(page: Page): Promise<void>;
}

/** What a failed connection says in detail, where the page shows it. */
const FAILURES: Readonly<Record<FailureReason["kind"], string>> = {
  unreachable: "Failed to fetch",
  refused: "Neither WebTransport nor WebSocket could be opened.",
  lost: "The WebSocket was closed with code 1006.",
  silent: "Nothing has come for 10 s.",
  closed: "Skerry is shutting down.",
  ended: "xterm has ended.",
  busy: "There are 64 viewers already, which is the most.",
  version: "The server speaks version 3, this page version 2.",
  "transport-not-offered": "WebTransport",
  decoder: "EncodingError: The video decoder of this browser failed (avc1.42C02A, 1280 × 720).",
  internal: "TypeError: Cannot read properties of undefined (reading 'width') at worker.js:1:2345",
};

/** Those after which the page does not try again by itself. */
const FINAL = new Set<string>(["version", "transport-not-offered", "decoder", "internal"]);

const NO_PICTURE = ["starting-display", "display-lost", "encoder-lost", "no-decoder", "ended"];

/** What the page looks like with a desktop. */
export function desktopScenes(): PageScene[] {
  return [
    { name: "desktop", show: (page) => told(page, {}) },
    ...["picture", "sound", "keyboard", "gamepads", "viewers", "statistics"].map(section),
    clipboardScene("clipboard", {}),
    clipboardScene("clipboard-prompt", { permission: "prompt" }),
    clipboardScene("clipboard-off", { allowed: undefined }),
    section("files"),
    {
      name: "files-transfers",
      show: async (page) => {
        await section("files").show(page);
        await told(page, { transfers: true });
      },
    },
    {
      name: "key-bar",
      show: async (page) => {
        await closed(page);
        await told(page, { keyBar: true });
        await page.waitForSelector("skerry-shell >>> skerry-key-bar");
      },
    },
    {
      name: "drop",
      show: async (page) => {
        await closed(page);
        await told(page, { drop: true });
      },
    },
    {
      name: "view-only",
      show: async (page) => {
        await closed(page);
        await connection(page, { phase: "live", transport: "webtransport", role: "view" }, true);
      },
    },
  ];
}

/** What the page says of its connection, without a picture and over the last one. */
export function connectionScenes(): PageScene[] {
  const states: (readonly [string, ConnectionState])[] = [
    ["connecting", { phase: "connecting", again: false }],
    ["connected", { phase: "connected", transport: "webtransport" }],
    ...NO_PICTURE.map((state) =>
      [state, { phase: "no-picture", state, detail: "" }] satisfies [string, ConnectionState]
    ),
    ...Object.entries(FAILURES).map(([kind, detail]): [string, ConnectionState] => {
      const reason = { kind: kind as FailureReason["kind"], detail };
      return FINAL.has(kind)
        ? [kind, { phase: "stopped", reason }]
        : [kind, { phase: "waiting", reason, retryAt: 0 }];
    }),
  ];
  return [
    ...states.map(([name, state]) => ({
      name: `connection-${name}`,
      show: async (page: Page) => {
        await closed(page);
        await connection(page, state, false);
      },
    })),
    {
      name: "connection-over-picture",
      show: async (page) => {
        await closed(page);
        const reason = { kind: "lost", detail: FAILURES.lost } as const;
        await connection(page, { phase: "waiting", reason, retryAt: 0 }, true);
      },
    },
    {
      name: "unsupported",
      show: async (page) => {
        await closed(page);
        await page.evaluate(() => {
          const shell = document.querySelector<ShellElement>("skerry-shell")!;
          shell.obstacle = { what: "OffscreenCanvas, Worker" };
        });
        await page.waitForSelector("skerry-shell >>> skerry-unsupported");
        // The next scene is another's.
      },
    },
  ];
}

/** How the page asks who one is. */
export function signInScenes(): PageScene[] {
  const kinds = [
    ["token", false],
    ["token", true],
    ["password", false],
    ["password", true],
    ["proxy", false],
  ] as const;
  return kinds.map(([kind, wrong]) => ({
    name: `sign-in-${kind}${wrong ? "-wrong" : ""}`,
    show: async (page) => {
      await closed(page);
      await connection(page, { phase: "sign-in", kind, wrong }, false);
    },
  }));
}

function section(id: string): PageScene {
  return {
    name: id,
    show: async (page) => {
      await told(page, {});
      await openSection(page, id);
      if (id === "files") await page.waitForSelector(inSection("files", ".entry"));
      if (id === "statistics") await page.waitForSelector(inSection("statistics", "table"));
    },
  };
}

function clipboardScene(
  name: string,
  clipboard: Partial<PageState["clipboard"]>,
): PageScene {
  return {
    name,
    show: async (page) => {
      await section("clipboard").show(page);
      await page.evaluate((clipboard) => {
        const shell = document.querySelector<ShellElement>("skerry-shell")!;
        const { page } = shell.context!;
        page.update({
          clipboard: {
            ...page.value.clipboard,
            permission: "unsupported",
            remote: { text: "A line that was copied on the desktop,\nand a second one." },
            written: true,
            ...clipboard,
          },
        });
      }, clipboard);
    },
  };
}

async function closed(page: Page): Promise<void> {
  if (await isOpen(page)) await closePanel(page);
  await told(page, {});
}

/** Has the shell say this of the connection. */
async function connection(page: Page, state: ConnectionState, picture: boolean): Promise<void> {
  await page.evaluate(
    async (state, picture) => {
      const shell = document.querySelector<ShellElement>("skerry-shell")!;
      const canvas = document.querySelector<HTMLCanvasElement>("#picture")!;
      if ("retryAt" in state) {
        state = { ...state, retryAt: performance.timeOrigin + performance.now() + 2400 };
      }
      shell.obstacle = undefined;
      shell.state = state;
      shell.picture = picture;
      canvas.style.visibility = picture ? "" : "hidden";
      canvas.classList.toggle("stale", picture && state.phase !== "live");
      await shell.updateComplete;
    },
    state,
    picture,
  );
}

/** Puts the page's own elements into a state of a working desktop, with a few more things in it. */
async function told(
  page: Page,
  more: { keyBar?: boolean; drop?: boolean; transfers?: boolean },
): Promise<void> {
  await connection(page, { phase: "live", transport: "webtransport", role: "control" }, true);
  await page.evaluate(async ({ drop = false, keyBar = false, transfers = false }) => {
    const shell = document.querySelector<ShellElement>("skerry-shell")!;
    const { page, preferences } = shell.context!;
    if (preferences.value.keyBar !== keyBar) preferences.update({ keyBar });
    document.querySelector<HTMLElement>("skerry-drop-hint")!.hidden = !drop;
    const common = { direction: "up", repeatable: true, problem: undefined } as const;
    const { files } = page.value;
    page.update({
      files: {
        ...files,
        transfers: transfers
          ? [
            {
              ...common,
              key: 1,
              name: "holiday in the mountains.mp4",
              phase: "running",
              size: 734_003_200,
              stored: 220_200_960,
            },
            { ...common, key: 2, name: "notes.txt", phase: "done", size: 1234, stored: 1234 },
            {
              ...common,
              key: 3,
              name: "a_name_that_is_long_and_has_no_space_in_it_at_all_and_goes_on.tar.gz",
              phase: "failed",
              size: 9_000_000_000,
              stored: 4_000_000_000,
              problem: { reason: "disk-full", detail: "" },
            },
            { ...common, key: 4, name: "paused.iso", phase: "paused", size: 4e9, stored: 3e9 },
          ]
          : [],
      },
    });
    await shell.updateComplete;
  }, more);
}
