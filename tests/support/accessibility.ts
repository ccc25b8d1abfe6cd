/**
 * What axe finds wrong with a page.
 *
 * @module
 */
import axe from "axe-core";
import type { Page } from "puppeteer-core";

/** One finding a line: the rule, what is wrong, and where. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // As a string, it is run by the debugger, which the page's policy does not bind.
  if (!await page.evaluate("'axe' in globalThis")) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] })",
  ) as axe.AxeResults;
  return violations.flatMap(({ help, id, nodes }) =>
    nodes.map(({ failureSummary, target }) =>
      `${id}: ${help}: ${target.join(" ")}: ${failureSummary}`
    )
  );
}
