/**
 * German.
 *
 * @module
 */

import type { Strings } from "../strings.ts";
import { transportName } from "./transport_name.ts";

export const de: Strings = {
  language: "de",
  desktop: {
    keyboardLabel:
      "Entfernter Desktop. Tasten gehen an ihn; Steuerung Alt Umschalt S öffnet das Bedienfeld.",
    pictureLabel: "Bild des entfernten Desktops",
  },
  status: {
    connecting: "Verbindung wird aufgebaut …",
    reconnecting: "Verbindung wird neu aufgebaut …",
    connected: (transport: string) =>
      `Verbunden über ${transportName(transport)}. Das Bild kommt gleich …`,
    live: (transport: string) => `Verbunden über ${transportName(transport)}.`,
    viewOnly: "Sie sehen zu; jemand anderes steuert.",
    waiting: (seconds: number) =>
      seconds <= 0 ? "Neuer Versuch …" : `Neuer Versuch in ${seconds} s.`,
    retryNow: "Jetzt versuchen",
    reload: "Seite neu laden",
  },
  noPicture: {
    "starting-display": "Der Desktop startet …",
    "display-lost": "Der Bildschirm des Desktops ist ausgefallen. Der Server startet ihn neu …",
    "encoder-lost": "Der Videoencoder ist ausgefallen. Der Server startet einen anderen …",
    "no-decoder": "Dieser Browser kann nicht zeigen, was der Server kodieren kann.",
    ended: "Die Sitzung ist beendet.",
  },
  failure: {
    unreachable: "Der Server ist nicht erreichbar.",
    refused: "Der Server antwortet, aber keine Verbindung zum Desktop kommt durch. " +
      "Vielleicht lässt ein Proxy oder eine Firewall dazwischen sie nicht zu.",
    lost: "Die Verbindung ist abgerissen.",
    silent: "Der Server antwortet nicht mehr.",
    closed: "Der Server hat die Verbindung geschlossen.",
    busy: "Der Server kann diese Seite gerade nicht annehmen.",
    version: "Diese Seite und der Server sind verschiedene Versionen. Laden Sie die Seite neu.",
    "transport-not-offered": "Die Adresse verlangt einen Transport, den es hier nicht gibt. " +
      "Entfernen Sie „transport“ daraus.",
    decoder: "Der Browser konnte das Bild nicht dekodieren.",
    internal: "In dieser Seite ist ein Fehler aufgetreten. Laden Sie sie neu.",
  },
  unsupported: {
    heading: "Diese Seite kann den Desktop nicht zeigen",
    missing: (what: string) =>
      `Dem Browser fehlt ${what}. Aktuelle Versionen von Chromium, Chrome, Edge, Firefox und ` +
      "Safari haben es.",
  },
  insecure: {
    decoding: {
      webcodecs: "Diese Seite kam über unverschlüsseltes HTTP.",
      wasm: "Diese Seite kam über unverschlüsseltes HTTP und dekodiert das Bild daher selbst.",
      mse: "Diese Seite kam über unverschlüsseltes HTTP; das Bild wird daher als Video gezeigt.",
      jpeg: "Diese Seite kam über unverschlüsseltes HTTP; das Bild kommt daher in Einzelbildern.",
    },
    gain:
      "HTTPS oder ein SSH-Tunnel zu localhost macht es schneller und lässt die Zwischenablage " +
      "durch:",
    tunnel: (host: string, port: string) => `ssh -L ${port}:127.0.0.1:${port} ${host}`,
    dismiss: "Verstanden",
  },
  signIn: {
    heading: "Anmelden",
    explanation: "Geben Sie das Token ein, das Skerry beim Start ausgegeben hat: " +
      "der Teil nach „token=“ in seiner Adresse.",
    label: "Token",
    button: "Anmelden",
    wrong: "Der Server kennt dieses Token nicht. Es ändert sich bei jedem Start von Skerry.",
    checking: "Wird geprüft …",
  },
  sound: {
    title: "Ton",
    label: "Ton",
    states: {
      off: "Der Ton ist aus.",
      starting: "Der Ton wird eingeschaltet …",
      blocked: "Der Browser spielt ihn nach dem nächsten Klick oder Tastendruck.",
      on: "Der Desktop ist zu hören.",
    },
    hint: "Dieser Desktop hat Ton: hinter diesem Griff geht er an.",
    blocked: "Klicken, um den Desktop zu hören",
    lost: "Der Ton des Desktops ist unterbrochen. Er kommt von selbst wieder.",
    failed: (reason: string) => `Der Ton kann nicht abgespielt werden: ${reason}`,
    none: "Der Desktop hat keinen Ton.",
    notInstalled: (packages: string) =>
      `Der Server hat keinen Ton. Installieren Sie dort dafür: ${packages}. ` +
      "Starten Sie Skerry dann neu.",
    unsupported: "Dieser Browser kann keinen Ton wiedergeben.",
  },
  panel: {
    handle: "Bedienfeld öffnen",
    title: "Skerry",
    sections: "Bereiche",
    close: "Schließen",
    shortcut: "Strg + Alt + Umschalt + S",
  },
  keys: {
    control: "Strg",
    alt: "Alt",
    shift: "Umschalt",
    super: "Super",
    escape: "Esc",
    tab: "Tab",
    delete: "Entf",
    print: "Druck",
    left: "Links",
    up: "Hoch",
    down: "Runter",
    right: "Rechts",
  },
  picture: {
    title: "Bild",
    scaling: "Größe",
    scalings: { auto: "Automatisch", fit: "Füllend", integer: "Ganzzahlig", exact: "1 : 1" },
    scalingHints: {
      auto: "Pixel für Pixel, oder kleiner, wenn das Fenster dafür zu klein ist.",
      fit: "So groß, wie das Fenster es zulässt.",
      integer: "So groß, wie das Fenster es zulässt, in ganzen Schritten: 1, 2, 3 Pixel für jedes.",
      exact: "Pixel für Pixel. Was über den Rand hinausgeht, zeigt sich beim Stoßen daran.",
    },
    smoothing: "Skalierte Pixel",
    smoothings: { smooth: "Weich", crisp: "Scharf" },
    codec: "Codec",
    chroma: "Farbe",
    chromas: { auto: "Automatisch", "420": "4:2:0", "444": "4:4:4" },
    chromaHint: "4:4:4 hält farbigen Text scharf und braucht mehr von der Leitung.",
    bitrate: "Bitrate höchstens",
    framesPerSecond: "Bilder je Sekunde höchstens",
    automatic: "Automatisch",
    encoded: (encoder: string, codec: string, chroma: string, rate: string, frames: string) =>
      `${encoder}, ${codec} ${chroma}, bis ${rate} und ${frames} Bilder je Sekunde.`,
    followWindow: "Der Fenstergröße folgen",
    sizings: {
      any: "Der Desktop bekommt so viele Pixel, wie Platz ist.",
      modes: "Der Desktop nimmt die größte Auflösung seines Monitors, die hineinpasst.",
      fixed:
        "Dieser X-Server behält seine Größe, darum wird das Bild skaliert. Xvnc kann jede Größe annehmen.",
      off: "Die Größe des Desktops darf hier nicht geändert werden, darum wird das Bild skaliert.",
    },
    fullResolution: "Jedes Pixel dieses Monitors",
    fullResolutionHint:
      "Schärfer und kleiner: Programme zeichnen für einen Monitor mit üblichen Pixeln.",
    fullScreen: "Vollbild",
    leaveFullScreen: "Vollbild verlassen",
    trackpad: "Berührung wie auf einem Trackpad",
    trackpadHint: "Ein Finger bewegt den Zeiger von da, wo er ist; ein Tippen klickt dort.",
    lockPointer: "Zeiger sperren",
    lockPointerHint:
      "Für Spiele und 3D: Jede Bewegung geht an den Desktop. Escape gibt den Zeiger zurück.",
    lockPointerFailed:
      "Der Browser sperrt den Zeiger gerade nicht. Versuchen Sie es gleich noch einmal.",
  },
  keyboard: {
    title: "Tastatur",
    kept: "Tasten, die der Browser behält",
    keptHint: "Drücken Sie sie hier; sie gehen an den Desktop.",
    command: "Befehlstaste als Steuerung",
    commandHint: "⌘C kopiert, wie auf diesem Mac üblich. Sonst ist sie die Super-Taste.",
    onScreen: "Bildschirmtastatur",
    onScreenHint: "Tippen mit drei Fingern tut dasselbe.",
    bar: "Tasten neben der Tastatur",
    barLabel: "Tastenleiste",
    barHint: "Strg, Alt, Pfeile und andere am oberen Rand.",
    hideBar: "Tasten ausblenden",
    stickyStates: {
      off: "Aus",
      next: "Für die nächste Taste oder den nächsten Klick",
      locked: "Für alles, was folgt",
    },
    lock: "Im Vollbild auch die Tasten des Browsers",
    lockHint: "Alt+Tab, Strg+W und Escape gehen dort an den Desktop. Escape gehalten führt hinaus.",
  },
  clipboard: {
    title: "Zwischenablage",
    off: "Dieser Desktop teilt seine Zwischenablage nicht.",
    remote: "Auf dem entfernten Desktop kopiert",
    nothing: "Noch nichts",
    more: (characters: number) => `und ${characters.toLocaleString("de")} weitere Zeichen`,
    image: "Auf dem entfernten Desktop kopiertes Bild",
    fetchImage: "Bild anzeigen",
    copy: "Auf diesen Computer kopieren",
    copied: "Es ist in der Zwischenablage dieses Computers.",
    local: "Text für die entfernte Zwischenablage",
    send: "Senden",
    sent: "Es kann auf dem entfernten Desktop eingefügt werden.",
    allow: "Von selbst teilen",
    allowHint:
      "Der Browser fragt einmal. Danach lässt sich, was Sie hier kopieren, dort auch per Menü einfügen.",
    automatic: "Was Sie hier kopieren, lässt sich dort einfügen, und umgekehrt.",
    byKeys: "Strg+V im entfernten Desktop fügt ein, was Sie hier kopiert haben.",
  },
  statistics: {
    title: "Statistik",
    minute: {
      heading: "Die letzte Minute",
      quantity: "Größe",
      now: "Jetzt",
      median: "Median",
      most: "Höchstens",
      queueDelay: "Wartezeit im Netz",
      rate: "Leitung fasst",
      bitrate: "Bitrate",
      age: "Alter des Bildes",
      describe: (title: string, now: string, most: string) =>
        `${title} in der letzten Minute: jetzt ${now}, höchstens ${most}.`,
    },
    connection: "Verbindung",
    transport: "Transport",
    since: "Seit",
    reasons: {
      forced: "die Adresse verlangt es",
      alone: "der andere ist nicht zu haben",
      first: "er war zuerst bereit",
      standby: "er war in Reserve",
      silent: "der andere verstummte",
      closed: "der andere wurde geschlossen",
      better: "er hat sich bewährt",
      server: "der Server hat dorthin gewechselt",
    },
    why: (since: string, reason: string, detail: string) =>
      `${since}: ${reason}${detail === "" ? "" : ` (${detail})`}`,
    other: "Anderer",
    states: {
      standby: "in Reserve",
      opening: "wird geöffnet …",
      failed: "fehlgeschlagen",
      skipped: "nicht benutzt",
    },
    route: (transport: string, state: string, detail: string) =>
      `${transportName(transport)}, ${state}${detail === "" ? "" : `: ${detail}`}`,
    codec: "Codec",
    encoder: "Encoder",
    decoder: "Decoder",
    decoders: {
      "no-preference": "WebCodecs",
      "prefer-hardware": "WebCodecs, Hardware",
      "prefer-software": "WebCodecs, Software",
      "wasm-software": "WebAssembly",
      "wasm-webgl": "WebAssembly, mit WebGL gezeichnet",
      "mse": "Media Source Extensions",
      "jpeg": "JPEG",
    },
    size: "Größe",
    frames: "Bilder",
    bitrate: "Bitrate",
    rtt: "Hin und zurück",
    sound: {
      heading: "Ton",
      bitrate: "Bitrate",
      buffer: "Puffer",
      of: (is: string | undefined, target: string | undefined) => `${is} von ${target}`,
      jitter: "Schwankung",
      drift: "Gang der Uhr",
      gaps: "Lücken",
      count: (underruns: number, losses: number) => `${underruns} zu spät, ${losses} verloren`,
      latency: "Verzögerung",
      behindPicture: "Hinter dem Bild",
    },
    latency: "Verzögerung",
    step: "Schritt",
    last: "Zuletzt",
    median: "Median",
    parts: {
      wait: "Warten auf Platz",
      grab: "Aufnehmen",
      convert: "Umwandeln",
      encode: "Kodieren",
      network: "Netz",
      decode: "Dekodieren",
      present: "Anzeigen",
    },
    uplink: "Eingabe zum Server",
    answer: "Antwort des Programms",
    inputToPhoton: "Eingabe bis Bild",
    inputHint: "Drücken Sie eine Taste oder klicken Sie, um das zu messen.",
    none: "–",
  },
};
