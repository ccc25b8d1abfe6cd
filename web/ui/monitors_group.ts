/**
 * What of the remote screen this window shows, and further windows for more of it.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import type { MonitorNews, Sizing } from "../../src/protocol/control_message.ts";
import { withMonitor } from "../options.ts";
import { strings } from "../strings.ts";
import { selection } from "./controls.ts";
import type { PanelContext } from "./panel_context.ts";

/** As many as the server makes. */
const MOST_MONITORS = 4;

/**
 * @param blocked Whether the browser has just refused to open a window.
 * @param open Opens the page at an address in a window of its own; called in a click.
 */
export function monitorsGroup(
  context: PanelContext,
  blocked: boolean,
  open: (address: string) => void,
): TemplateResult | typeof nothing {
  const { monitors, sizing } = context.page.value;
  if (monitors === undefined || sizing === undefined) return nothing;
  const text = strings.monitors;
  const next = nextMonitor(monitors);
  const opens = sizing === "any" && monitors.monitors.length < MOST_MONITORS;
  return html`
    <div class="group">
      ${monitors.monitors.length > 1 ? choice(context, monitors) : nothing}
      <div class="buttons" ?hidden=${!opens}>
        <button
          aria-describedby="monitors-hint"
          @click=${() => open(withMonitor(location.href, next))}
        >${text.open}</button>
      </div>
      <p class="hint" id="monitors-hint" role="status">
        ${blocked ? text.blocked : hint(sizing, opens)}
      </p>
    </div>
  `;
}

function choice(context: PanelContext, { monitors, shown }: MonitorNews): TemplateResult {
  const text = strings.monitors;
  return selection({
    id: "monitor",
    label: text.shown,
    value: `${shown}`,
    values: [
      ["0", text.all],
      ...monitors.map(({ height, name, number, width }) =>
        [`${number}`, `${name || text.monitor(number)}, ${width} × ${height}`] as const
      ),
    ],
    change: (value) => context.showMonitor(Number(value)),
  });
}

/** Why there can be no more, or what is gained by more. */
function hint(sizing: Sizing, opens: boolean): string {
  if (opens) return strings.monitors.openHint;
  return sizing === "any" ? strings.monitors.most(MOST_MONITORS) : strings.monitors.none[sizing];
}

/** The first number that is free. */
function nextMonitor({ monitors }: MonitorNews): number {
  let next = 2;
  while (monitors.some(({ number }) => number === next)) next++;
  return next;
}
