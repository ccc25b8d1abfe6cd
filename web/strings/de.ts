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
    control: "Sie steuern jetzt.",
    waiting: (seconds: number) =>
      seconds <= 0 ? "Neuer Versuch …" : `Neuer Versuch in ${seconds} s.`,
    retryNow: "Jetzt versuchen",
    reload: "Seite neu laden",
    anyTransport: "Ohne das öffnen",
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
    refused: "Der Server antwortet, aber keine Verbindung zum Desktop kommt durch.",
    lost: "Die Verbindung ist abgerissen.",
    silent: "Der Server antwortet nicht mehr.",
    closed: "Der Server hat die Verbindung geschlossen.",
    ended: "Die Sitzung ist beendet.",
    busy: "Der Server kann diese Seite gerade nicht annehmen.",
    version: "Diese Seite und der Server sind verschiedene Versionen.",
    "transport-not-offered": "Die Adresse verlangt einen Transport, den es hier nicht gibt.",
    decoder: "Der Browser konnte das Bild nicht dekodieren.",
    internal: "In dieser Seite ist ein Fehler aufgetreten.",
  },
  help: {
    unreachable: "Prüfen Sie, ob dieses Gerät im Netz ist und Skerry auf dem Server läuft.",
    refused:
      "Ein Proxy oder eine Firewall dazwischen lässt sie nicht zu: Lassen Sie dort WebSockets " +
      "durch, oder UDP zum Port von Skerry.",
    lost: "Sie kommt von selbst wieder, sobald das Netz wieder da ist.",
    silent: "Prüfen Sie das Netz dieses Geräts. Ist es in Ordnung, ist der Server aus oder " +
      "überlastet.",
    closed: "Hat ihn niemand absichtlich beendet, starten Sie Skerry dort neu.",
    ended: "Um hier weiterzuarbeiten, starten Sie Skerry auf dem Server neu.",
    busy:
      "Schließen Sie den Desktop in anderen Fenstern, oder warten Sie, bis jemand anderes es tut.",
    version: "Laden Sie die Seite neu.",
    "transport-not-offered":
      "Entfernen Sie „transport“ aus der Adresse, oder lassen Sie das die Seite tun.",
    decoder: "Versuchen Sie es noch einmal. Sonst wählen Sie im Bedienfeld unter „Bild“ einen " +
      "anderen Codec.",
    internal: "Laden Sie die Seite neu. Geschieht es wieder, melden Sie, was hier steht.",
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
    name: "Name",
    password: "Passwort",
    passwordExplanation: "Geben Sie den Namen und das Passwort für diesen Desktop ein.",
    passwordWrong: "Der Name oder das Passwort ist falsch.",
    proxy:
      "Dieser Desktop wird über einen anderen Server geöffnet, der nicht gesagt hat, wer Sie sind. " +
      "Melden Sie sich dort an, und kommen Sie über dessen Adresse.",
    oidc:
      "Die Anmeldeseite Ihrer Organisation fragt, wer Sie sind, und schickt Sie hierher zurück.",
    oidcButton: "Zur Anmeldung",
    oidcFailures: {
      denied: "Sie wurden dort nicht angemeldet.",
      "not-allowed": "Sie dürfen diesen Desktop nicht benutzen. Bitten Sie seinen Betreiber darum.",
      expired:
        "Das hat zu lange gedauert oder wurde in einem anderen Fenster begonnen. Melden Sie sich neu an.",
      unreachable:
        "Der Server erreicht die Anmeldeseite nicht. Versuchen Sie es später noch einmal.",
      "too-many-tries":
        "Es gab zu viele falsche Versuche. Versuchen Sie es in einer Minute wieder.",
      failed: "Was die Anmeldeseite sagt, ist nicht glaubwürdig. Warum, steht im Log des Servers.",
    } as Readonly<Record<string, string>>,
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
    hint: "Ton ist aus: hier einschalten",
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
    scalings: { auto: "Auto", fit: "Füllend", integer: "Ganzzahlig", exact: "1 : 1" },
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
    size: "Größe des Desktops",
    sizes: { window: "So groß wie das Fenster", keep: "So, wie sie ist" },
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
    programScale: "Größe von Text und Bedienelementen",
    programScaleHint:
      "So groß zeichnen Programme, die ab jetzt starten; „Automatisch“ passt zu diesem Monitor.",
    fullScreen: "Vollbild",
    leaveFullScreen: "Vollbild verlassen",
    pen:
      "Ein Stift zeichnet wie eine Maus: Der X-Server des Desktops hat kein Gerät für seinen Druck.",
    trackpad: "Berührung wie auf einem Trackpad",
    trackpadHint: "Ein Finger bewegt den Zeiger von da, wo er ist; ein Tippen klickt dort.",
    lockPointer: "Zeiger sperren",
    lockPointerHint:
      "Für Spiele und 3D: Jede Bewegung geht an den Desktop. Escape gibt den Zeiger zurück.",
    lockPointerFailed:
      "Der Browser sperrt den Zeiger gerade nicht. Versuchen Sie es gleich noch einmal.",
  },
  monitors: {
    shown: "Dieses Fenster zeigt",
    all: "Alle Monitore",
    monitor: (number: number) => `Monitor ${number}`,
    open: "Weiteren Monitor öffnen",
    openHint:
      "Ein zweites Fenster wird zu einem Monitor des Desktops neben diesem; ist es zu, ist er weg.",
    blocked: "Der Browser hat kein Fenster geöffnet. Erlauben Sie es dieser Seite und versuchen " +
      "Sie es noch einmal.",
    most: (count: number) => `Der Desktop hat ${count} Monitore; mehr nimmt er nicht.`,
    none: {
      modes: "Die Monitore dieses X-Servers sind echte; weitere gibt es nicht. Xvnc nimmt mehr.",
      fixed: "Dieser X-Server nimmt keine weiteren Monitore. Xvnc nimmt sie.",
      off: "Die Monitore des Desktops können Sie nicht ändern.",
    },
  },
  keyboard: {
    title: "Tastatur",
    kept: "Tasten, die der Browser behält",
    keptHint: "Drücken Sie sie hier; sie gehen an den Desktop.",
    command: "Befehlstaste als Steuerung",
    commandHint: "⌘C kopiert, wie auf diesem Mac üblich. Sonst ist sie die Super-Taste.",
    option: "Wahltaste als Alt",
    optionHint: "⌥F ist dort Alt+F. Sonst wählt sie Zeichen, wie auf diesem Mac üblich.",
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
  gamepads: {
    title: "Gamepads",
    off: "Dieser Desktop gibt seinen Programmen keine Gamepads.",
    missing: "Programme können keine Gamepads bekommen: Dem System dieses Desktops fehlt uinput. " +
      "Wer es verwaltet, kann das Kernelmodul „uinput“ laden; ein Container braucht /dev/uinput.",
    denied:
      "Programme können keine Gamepads bekommen: Der Benutzer dieses Desktops darf nicht in " +
      "/dev/uinput schreiben. Wer das System verwaltet, kann es erlauben, etwa durch eine udev-Regel.",
    unsupported:
      "Der Browser gibt dieser Seite keine Gamepads. Öffnen Sie sie über https:// oder auf diesem Computer.",
    watching: "Wer die Steuerung hat, kann Gamepads benutzen.",
    press: "Drücken Sie eine Taste des Gamepads, um es mit dem Desktop zu verbinden.",
    ready: "Mit dem Desktop verbunden, solange diese Seite den Fokus hat:",
    one: (number: number, name: string) => `${number}: ${name}`,
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
  files: {
    title: "Dateien",
    off: "Dieser Desktop nimmt keine Dateien und gibt keine.",
    upload: (directory: string) => `Nach ${directory} hochladen`,
    choose: "Dateien auswählen …",
    hint:
      "Oder auf das Bild ziehen, auch Verzeichnisse. Was abgebrochen ist, geht weiter, wenn dieselbe Datei wieder gegeben wird.",
    drop: "Dateien zum Hochladen hier ablegen",
    transfers: "Übertragungen",
    hidden: (count: number) => `und ${count.toLocaleString("de")} weitere`,
    removeDone: "Fertige aus der Liste nehmen",
    removeAll: "Alle abbrechen und aus der Liste nehmen",
    progress: (done: string, size: string) => `${done} von ${size}`,
    phases: {
      waiting: "Wartet",
      running: "Läuft",
      paused: "Angehalten",
      done: "Fertig",
      failed: "Gescheitert",
    },
    up: "Hochladen",
    down: "Herunterladen",
    pause: "Anhalten",
    resume: "Fortsetzen",
    retry: "Noch einmal",
    cancel: "Abbrechen",
    dismiss: "Aus der Liste nehmen",
    problems: {
      "not-found": "Sie ist nicht mehr da.",
      "not-allowed": "Das ist nicht erlaubt.",
      exists: "Es gibt zu viele Dateien dieses Namens.",
      quota: "Im Verzeichnis ist kein Platz dafür. Entfernen Sie dort zuerst etwas.",
      "disk-full":
        "Die entfernte Platte ist voll. Entfernen Sie dort etwas und versuchen Sie es noch einmal.",
      changed: "Die Datei hat sich inzwischen geändert.",
      failed: "Es hat nicht geklappt.",
      "too-large": "Sie ist zu groß.",
      unreadable: "Der Browser kann sie nicht mehr lesen. Wählen Sie sie noch einmal aus.",
      unwritable: "Sie kann hier nicht gespeichert werden.",
    },
    directory: "Auf dem entfernten Desktop",
    home: "Alle",
    empty: "Noch nichts",
    find: "Namen suchen",
    noneFound: "Hier hat nichts das in seinem Namen.",
    loading: "Wird geladen …",
    more: (count: number) => `Mehr zeigen (noch ${count.toLocaleString("de")})`,
    refresh: "Neu ansehen",
    open: "Verzeichnis öffnen:",
  },
  viewers: {
    title: "Zuschauer",
    here: "Wer da ist",
    viewer: (id: string) => `Zuschauer ${id}`,
    you: (id: string) => `Zuschauer ${id} (Sie)`,
    controls: "steuert",
    watches: "sieht zu",
    away: "abwesend",
    byLink: (link: string) => `über Link ${link}`,
    others: { give: "Steuern lassen", take: "Steuerung nehmen" },
    own: { give: "Selbst steuern", take: "Steuerung abgeben" },
    namedYou: (name: string) => `${name} (Sie)`,
    signOut: "Abmelden",
    signOutOthers: "Alle anderen abmelden",
    signOutHint:
      "Beendet auch Anmeldungen, die gerade niemand benutzt, in Browsern, die offen geblieben sind.",
    guest: "Sie kamen über einen Link; wer ihn Ihnen gab, bestimmt, wer steuert.",
    links: "Links",
    linksHint:
      "Wer einen hat, kommt damit herein, bis Sie ihn zurücknehmen; dann ist er sofort draußen.",
    link: (id: string, role: "control" | "view") =>
      `Link ${id} zum ${role === "control" ? "Steuern" : "Zusehen"}`,
    usedBy: (viewers: number) =>
      viewers === 0 ? "Niemand ist darüber da." : `${viewers} darüber da.`,
    invite: { view: "Neuer Link zum Zusehen", control: "Neuer Link zum Steuern" },
    copy: "Kopieren",
    copied: "Kopiert",
    revoke: "Zurücknehmen",
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
