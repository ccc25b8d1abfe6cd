/**
 * The page: keyboard, pointer and what is around the picture. The picture itself, and the connection,
 * are the worker's.
 *
 * @module
 */

import { PageSound } from "./audio/page_sound.ts";
import { PageChannels } from "./channels.ts";
import { LocalClipboard } from "./clipboard/local_clipboard.ts";
import { NO_CLIPBOARD, PageClipboard } from "./clipboard/page_clipboard.ts";
import { exposeDebug, WorkerQueries } from "./debug.ts";
import { takeDrops } from "./files/drop_target.ts";
import { NO_FILES, PageFiles } from "./files/page_files.ts";
import { Goodbye } from "./goodbye.ts";
import { GamepadSource } from "./input/gamepad_source.ts";
import { InputGate } from "./input/input_gate.ts";
import { shortcutLetter } from "./input/us_keyboard.ts";
import type { MonitorNews } from "../src/protocol/control_message.ts";
import type { ConnectionState, FromWorker, ToWorker } from "./messages.ts";
import { mseDecoders } from "./mse/media_source.ts";
import { PageVideo } from "./mse/page_video.ts";
import { parsePageOptions, withMonitor, withoutToken } from "./options.ts";
import { askForPicture } from "./picture_settings.ts";
import { DropHintElement } from "./ui/drop_hint.ts";
import { Picture } from "./ui/picture.ts";
import { PanelEvent, ShellElement } from "./ui/shell.ts";
import { SignInEvent } from "./ui/sign_in.ts";
import { strings } from "./strings.ts";
import type { PanelContext } from "./ui/panel_context.ts";
import { Observable } from "./observable.ts";
import type { PageState } from "./page_state.ts";
import { openPreferences } from "./preferences.ts";
import { WindowFollower } from "./window_follower.ts";
import { setTimer, wallClock } from "./wall_clock.ts";
import { findObstacle } from "./ui/unsupported.ts";

/** Which transports did not get through lately. */
const MEMORY_KEY = "skerry-transports";

document.documentElement.lang = strings.language;
const options = parsePageOptions(location.href);
const shell = required("skerry-shell", ShellElement);
shell.signInFailure = options.signInFailure;
if (options.signInFailure !== undefined) {
  // Not to be said again when the page is loaded again.
  history.replaceState(history.state, "", withoutToken(location.href));
}
const obstacle = findObstacle();
if (obstacle === undefined) start();
else shell.obstacle = obstacle;

function start(): void {
  const always = new AbortController().signal;
  const worker = new Worker("worker.js", { type: "module" });
  const post = (message: ToWorker, transfer: Transferable[] = []) =>
    worker.postMessage(message, transfer);
  const queries = new WorkerQueries(post);
  const channels = new PageChannels(post);
  const gate = new InputGate((input) => post({ type: "input", input }));
  const canvas = required("#picture", HTMLCanvasElement);
  const field = required("#keyboard", HTMLTextAreaElement);
  const preferences = openPreferences(() => localStorage);
  const { supported } = PageSound;
  const page = new Observable<PageState>({
    connection: undefined,
    statistics: undefined,
    typing: false,
    pen: false,
    sound: { state: "off", reason: "", supported },
    serverSound: undefined,
    decoder: undefined,
    gamepads: { server: undefined, supported: hasGamepads(), plugged: [] },
    clipboard: NO_CLIPBOARD,
    files: NO_FILES,
    video: undefined,
    sharing: undefined,
    sizing: undefined,
    monitors: undefined,
  });
  const picture = new Picture({
    preferences,
    pointer: required("#pointer", HTMLImageElement),
    typing: (typing) => page.update({ typing }),
    penned: () => page.update({ pen: true }),
    stage: required("#stage", HTMLElement),
    canvas,
    field,
    input: (input) => {
      if (input.type === "releaseAll") gamepads.forget();
      gate.send(input);
    },
    focus: (focused) => post({ type: "focus", focused }),
    resized: (viewport) => {
      post({ type: "viewport", viewport });
      // The page is laid out after all of it was made.
      follower.resized();
    },
    shortcut: (event) => onShortcut(event),
    pastes: (event) => clipboard.pastes(event),
    signal: always,
  });
  const follower = new WindowFollower({
    page,
    preferences,
    room: () => picture.viewport,
    ask: (size) => post({ type: "resize", ...size }),
    signal: always,
  });
  const gamepads = new GamepadSource({
    pads: () => navigator.getGamepads(),
    active: () => {
      const { connection, gamepads: { server } } = page.value;
      return server?.state === "ready" && connection?.phase === "live" &&
        connection.role === "control" && document.hasFocus();
    },
    input: (input) => gate.send(input),
    changed: (plugged) => page.update({ gamepads: { ...page.value.gamepads, plugged } }),
    schedule: setTimer,
    now: wallClock,
  });
  if (page.value.gamepads.supported) {
    // Browsers keep gamepads from a page until one of their buttons is pressed.
    addEventListener("gamepadconnected", () => gamepads.start());
  }
  const offscreen = canvas.transferControlToOffscreen();
  const { viewport } = picture;
  const memory = loadMemory();
  const wish = (show: number) => ({ show, size: follower.size });
  const monitor = options.monitor === undefined ? undefined : wish(options.monitor);
  const mse = mseDecoders();
  post({ type: "start", canvas: offscreen, viewport, memory, mse, ...options, monitor }, [
    offscreen,
  ]);
  const sound = new PageSound({
    post,
    changed: (state, reason) => page.update({ sound: { state, reason, supported } }),
  });
  const goodbye = new Goodbye({
    base: new URL("./", location.href),
    said: () => post({ type: "leave" }),
    signal: always,
  });
  const clipboard = new PageClipboard({
    channel: channels.open("clipboard"),
    local: new LocalClipboard(),
    gate,
    field,
    changed: (state) => page.update({ clipboard: state }),
    signal: new AbortController().signal,
  });
  const files = new PageFiles({
    channel: channels.open("files"),
    changed: (state) => page.update({ files: state }),
  });
  const dropHint = new DropHintElement();
  dropHint.hidden = true;
  document.body.append(dropHint);
  takeDrops({
    accepts: () => files.state.allowed?.upload ?? false,
    hovering: (over) => dropHint.hidden = !over,
    dropped: {
      files: (dropped, folder) => files.upload(dropped, folder),
      unreadable: (path) => files.unreadable(path),
    },
    taken: () => {
      preferences.update({ section: "files" });
      shell.toggle(true);
    },
    signal: always,
  });
  const context: PanelContext = {
    page,
    preferences,
    clipboard,
    files,
    post,
    turnSound: (on) => sound.turn(on),
    pressKeys: (keysyms) => picture.pressKeys(keysyms),
    modifiers: picture.modifiers,
    showKeyboard: (shown) => picture.typing = shown,
    lockPointer: () => picture.lockPointer(),
    showMonitor: (show) => {
      history.replaceState(history.state, "", withMonitor(location.href, show));
      post({ type: "monitor", monitor: wish(show) });
    },
    covers: (height) => picture.covered = height,
    close: () => shell.toggle(false),
  };
  shell.context = context;
  askForPicture(preferences, (picture) => post({ type: "settings", picture }), always);
  const showKeyBar = () => shell.keyBar = page.value.typing || preferences.value.keyBar;
  page.watch(showKeyBar, always);
  preferences.watch(showKeyBar, always);
  showKeyBar();

  let video: PageVideo | undefined;
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    switch (data.type) {
      case "state":
        onState(data.state);
        break;
      case "token-used":
        history.replaceState(history.state, "", withoutToken(location.href));
        break;
      case "viewer":
        goodbye.viewer = data.secret;
        break;
      case "remember":
        saveMemory(data.memory);
        break;
      case "size":
        picture.resize(data);
        break;
      case "audio":
        page.update({ serverSound: data.sound });
        // The desktop would be heard twice.
        if ((options.monitor ?? 1) <= 1) sound.offered(data.sound);
        break;
      case "decoder":
        page.update({ decoder: data.decoder });
        break;
      case "screen":
        video?.[Symbol.dispose]();
        video = data.port === undefined ? undefined : new PageVideo(data.port, canvas);
        break;
      case "cursor":
        picture.showCursor(data.cursor);
        break;
      case "caret":
        picture.showCaret(data.caret);
        break;
      case "pointer":
        picture.showPointer(data.position);
        break;
      case "gamepads":
        page.update({ gamepads: { ...page.value.gamepads, server: data.gamepads } });
        break;
      case "monitors":
        picture.monitor = data.monitors;
        document.title = titleOf(data.monitors);
        page.update({ monitors: data.monitors });
        break;
      case "sizing":
        page.update({ sizing: data.sizing });
        break;
      case "sharing":
        page.update({ sharing: data.sharing });
        break;
      case "video":
        page.update({ video: data.video });
        break;
      case "statistics":
        page.update({ statistics: data.statistics });
        break;
      case "channel":
      case "channel-delivered":
        channels.handle(data);
        break;
      case "answer":
        queries.answer(data);
        break;
    }
  };
  worker.onerror = (event) => {
    const reason = { kind: "internal", detail: event.message ?? "" } as const;
    onState({ phase: "stopped", reason });
  };

  shell.addEventListener("sign-in", (event) => {
    if (event instanceof SignInEvent) post({ type: "sign-in", credentials: event.credentials });
  });
  shell.addEventListener("retry", () => post({ type: "retry", asked: true }));
  shell.addEventListener("panel", (event) => {
    if (event instanceof PanelEvent && !event.open) picture.focus();
  });
  addEventListener("keydown", (event) => {
    if (onShortcut(event)) event.preventDefault();
  });
  addEventListener("online", () => post({ type: "retry", asked: false }));
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) post({ type: "retry", asked: false });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") post({ type: "retry", asked: false });
  });
  // A printed URL pasted over this page changes the fragment only.
  addEventListener("hashchange", () => {
    const { token } = parsePageOptions(location.href);
    if (token !== undefined) post({ type: "sign-in", credentials: { token } });
  });
  if (options.debug) {
    exposeDebug(queries, { state: () => shell.state, placement: () => picture.placement, sound });
  }

  function onState(state: ConnectionState): void {
    const before = shell.state;
    shell.state = state;
    page.update({ connection: state });
    const live = state.phase === "live";
    picture.live = live;
    if (state.phase === "live") picture.watching = state.role === "view";
    if (!live || before?.phase === "live") return;
    shell.picture = true;
    picture.forgetHeld();
    // Whoever is in the panel stays there.
    if (!shell.panelOpen) picture.focus();
  }

  function onShortcut(event: KeyboardEvent): boolean {
    const { altKey, code, ctrlKey, shiftKey } = event;
    if (!ctrlKey || !altKey || !shiftKey) return false;
    // On Macs, Option makes something of the letter that says nothing of where it is.
    const letter = shortcutLetter(event) ?? code;
    if (letter !== "s" && letter !== "KeyS") return false;
    if (!event.repeat) shell.toggle();
    return true;
  }
}

/** Whether the browser lets this page at gamepads: only secure ones, and where no policy forbids it. */
function hasGamepads(): boolean {
  try {
    return isSecureContext && Array.isArray(navigator.getGamepads());
  } catch {
    return false;
  }
}

/** Tells windows of several monitors apart. */
function titleOf({ monitors, shown }: MonitorNews): string {
  return monitors.length < 2 || shown === 0 ? "Skerry" : `Skerry ${shown}`;
}

/** Storage may be full, or forbidden to this page: then nothing is remembered. */
function loadMemory(): string | null {
  try {
    return localStorage.getItem(MEMORY_KEY);
  } catch {
    return null;
  }
}

function saveMemory(memory: string): void {
  try {
    localStorage.setItem(MEMORY_KEY, memory);
  } catch {
    // As above.
  }
}

/** @throws {TypeError} if the page is not the one that this script belongs to. */
function required<T extends Element>(selector: string, type: new () => T): T {
  const element = document.querySelector(selector);
  if (element instanceof type) return element;
  throw new TypeError(`The page has no "${selector}": is index.html of another version?`);
}
