/**
 * Where the keyboard is among elements that hide their insides.
 *
 * @module
 */

const FOCUSABLE = 'button, input, select, textarea, a[href], summary, [tabindex="0"]';

/** What has the focus, inside however many shadows. */
export function activeElement(root: DocumentOrShadowRoot = document): Element | null {
  const active = root.activeElement;
  return active?.shadowRoot?.activeElement ? activeElement(active.shadowRoot) : active;
}

/** What the Tab key stops at inside an element, in its order. */
export function tabStops(root: ParentNode): HTMLElement[] {
  const stops: HTMLElement[] = [];
  for (const element of root.querySelectorAll<HTMLElement>("*")) {
    if (element.matches(FOCUSABLE) && isTabStop(element)) stops.push(element);
    if (element.shadowRoot) stops.push(...tabStops(element.shadowRoot));
  }
  return stops;
}

function isTabStop(element: HTMLElement): boolean {
  if (element.tabIndex < 0 || element.matches(":disabled")) return false;
  if (!element.checkVisibility({ visibilityProperty: true })) return false;
  if (!(element instanceof HTMLInputElement) || element.type !== "radio") return true;
  // Of radio buttons, the one that is on; the arrow keys go to the others.
  const group = (element.getRootNode() as ParentNode).querySelectorAll<HTMLInputElement>(
    `input[type="radio"][name="${CSS.escape(element.name)}"]`,
  );
  const checked = [...group].find((each) => each.checked);
  return element === (checked ?? group[0]);
}

/** Lets the Tab key go round inside an element: beyond it there is only the remote desktop. */
export function goRound(event: KeyboardEvent, root: ParentNode): void {
  if (event.key !== "Tab" || event.altKey || event.ctrlKey || event.metaKey) return;
  const stops = tabStops(root);
  const at = stops.indexOf(activeElement() as HTMLElement);
  const next = event.shiftKey
    ? at <= 0 ? stops.at(-1) : undefined
    : at === stops.length - 1
    ? stops[0]
    : undefined;
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
