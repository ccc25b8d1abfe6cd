/**
 * The sections of the panel, in the order of their tabs. A feature adds a line.
 *
 * @module
 */

import { clipboardSection } from "./clipboard_section.ts";
import { filesSection } from "./files_section.ts";
import { gamepadsSection } from "./gamepads_section.ts";
import { keyboardSection } from "./keyboard_section.ts";
import { pictureSection } from "./picture_section.ts";
import type { PanelSection } from "./section_element.ts";
import { soundSection } from "./sound_section.ts";
import { statisticsSection } from "./statistics_section.ts";
import { viewersSection } from "./viewers_section.ts";

export const SECTIONS: readonly PanelSection[] = [
  pictureSection,
  soundSection,
  keyboardSection,
  gamepadsSection,
  clipboardSection,
  filesSection,
  viewersSection,
  statisticsSection,
];
