/** The licences of what was delivered, as text: with the portable file, all of its parts'. */
export async function licenseText(): Promise<string> {
  const bundle = Deno.env.get("SKERRY_BUNDLE");
  if (bundle !== undefined) return await Deno.readTextFile(`${bundle}/LICENSES.txt`);
  return `Skerry: Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0
Its npm packages, each under its own licence, are named in deno.json and deno.lock.
Deno: MIT. GStreamer and the X server are the system's own, under the licences that their packages name.`;
}
