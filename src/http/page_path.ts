import * as v from "valibot";

/** The page's own folder, as the browser sees it. */
export const PagePath = v.pipe(
  v.string(),
  v.maxLength(1024),
  v.regex(/^\/([\x21\x23-\x2b\x2d-\x3a\x3c-\x7e]*\/)?$/),
);
