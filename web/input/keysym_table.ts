/**
 * X keysyms of the keys that have no character of their own, by the names that UI Events gives them
 * (W3C "UI Events KeyboardEvent key Values"), with the values of X11's keysymdef.h and XF86keysym.h.
 *
 * @module
 */

/** Keysyms by `KeyboardEvent.location`: standard, left, right, numeric keypad. */
export type Located =
  & readonly number[]
  & readonly [
    standard: number,
    left: number,
    right: number,
    numpad: number,
  ];

/** A key that is the same keysym wherever it is. */
function same(keysym: number): Located {
  return [keysym, keysym, keysym, keysym];
}

/** A modifier with a left and a right one. */
function sided(left: number): Located {
  return [left, left, left + 1, left];
}

/** A navigation key with a second one on the keypad. */
function keypad(keysym: number, numpad: number): Located {
  return [keysym, keysym, keysym, numpad];
}

function functionKeys(): [string, Located][] {
  // XK_F1 is 0xffbe, and they go up to F35 without a gap.
  return Array.from({ length: 35 }, (_, index) => [`F${index + 1}`, same(0xffbe + index)]);
}

export const XK = {
  ControlL: 0xffe3,
  ControlR: 0xffe4,
  AltL: 0xffe9,
  AltR: 0xffea,
  Iso3Shift: 0xfe03,
  Return: 0xff0d,
  BackSpace: 0xff08,
  Delete: 0xffff,
} as const;

export const NAMED_KEYS: ReadonlyMap<string, Located> = new Map<string, Located>([
  ...functionKeys(),
  ["Backspace", same(XK.BackSpace)],
  ["Tab", keypad(0xff09, 0xff89)],
  ["Enter", keypad(XK.Return, 0xff8d)],
  ["Escape", same(0xff1b)],
  ["Delete", keypad(XK.Delete, 0xff9f)],
  ["Insert", keypad(0xff63, 0xff9e)],
  ["Home", keypad(0xff50, 0xff95)],
  ["End", keypad(0xff57, 0xff9c)],
  ["PageUp", keypad(0xff55, 0xff9a)],
  ["PageDown", keypad(0xff56, 0xff9b)],
  ["ArrowLeft", keypad(0xff51, 0xff96)],
  ["ArrowUp", keypad(0xff52, 0xff97)],
  ["ArrowRight", keypad(0xff53, 0xff98)],
  ["ArrowDown", keypad(0xff54, 0xff99)],
  ["Clear", keypad(0xff0b, 0xff9d)],
  ["Shift", sided(0xffe1)],
  ["Control", sided(XK.ControlL)],
  ["Alt", sided(XK.AltL)],
  ["Meta", sided(0xffeb)],
  ["Super", sided(0xffeb)],
  ["OS", sided(0xffeb)],
  ["Hyper", sided(0xffed)],
  ["AltGraph", same(XK.Iso3Shift)],
  ["Pause", same(0xff13)],
  ["Cancel", same(0xff69)],
  ["ScrollLock", same(0xff14)],
  ["PrintScreen", same(0xff61)],
  ["ContextMenu", same(0xff67)],
  ["Help", same(0xff6a)],
  ["Find", same(0xff68)],
  ["Undo", same(0xff65)],
  ["Redo", same(0xff66)],
  ["Select", same(0xff60)],
  ["Execute", same(0xff62)],
  ["Copy", same(0x1008ff57)],
  ["Cut", same(0x1008ff58)],
  ["Paste", same(0x1008ff6d)],
  ["Open", same(0x1008ff6b)],
  ["Save", same(0x1008ff77)],
  ["Props", same(0x1005ff70)],
  // Input methods and Japanese keyboards.
  ["Compose", same(0xff20)],
  ["Convert", same(0xff23)],
  ["NonConvert", same(0xff22)],
  ["KanjiMode", same(0xff21)],
  ["Romaji", same(0xff24)],
  ["Hiragana", same(0xff25)],
  ["Katakana", same(0xff26)],
  ["HiraganaKatakana", same(0xff27)],
  ["Zenkaku", same(0xff28)],
  ["Hankaku", same(0xff29)],
  ["ZenkakuHankaku", same(0xff2a)],
  ["KanaMode", same(0xff2d)],
  ["Eisu", same(0xff2f)],
  ["HangulMode", same(0xff31)],
  ["HanjaMode", same(0xff34)],
  ["ModeChange", same(0xff7e)],
  ["AllCandidates", same(0xff3d)],
  ["PreviousCandidate", same(0xff3e)],
  // Multimedia and browser keys.
  ["AudioVolumeDown", same(0x1008ff11)],
  ["AudioVolumeMute", same(0x1008ff12)],
  ["AudioVolumeUp", same(0x1008ff13)],
  ["MediaPlay", same(0x1008ff14)],
  ["MediaPlayPause", same(0x1008ff14)],
  ["MediaPause", same(0x1008ff31)],
  ["MediaStop", same(0x1008ff15)],
  ["MediaTrackPrevious", same(0x1008ff16)],
  ["MediaTrackNext", same(0x1008ff17)],
  ["BrowserHome", same(0x1008ff18)],
  ["BrowserSearch", same(0x1008ff1b)],
  ["BrowserBack", same(0x1008ff26)],
  ["BrowserForward", same(0x1008ff27)],
  ["BrowserStop", same(0x1008ff28)],
  ["BrowserRefresh", same(0x1008ff29)],
  ["BrowserFavorites", same(0x1008ff30)],
  ["LaunchMail", same(0x1008ff19)],
  ["LaunchCalculator", same(0x1008ff1d)],
  ["BrightnessUp", same(0x1008ff02)],
  ["BrightnessDown", same(0x1008ff03)],
  ["Eject", same(0x1008ff2c)],
]);

/** Characters that have a keysym of their own on the numeric keypad. */
export const KEYPAD_CHARACTERS: ReadonlyMap<string, number> = new Map([
  [" ", 0xff80],
  ["=", 0xffbd],
  ["*", 0xffaa],
  ["+", 0xffab],
  [",", 0xffac],
  ["-", 0xffad],
  [".", 0xffae],
  ["/", 0xffaf],
  ...Array.from({ length: 10 }, (_, digit) => [String(digit), 0xffb0 + digit] as const),
]);
