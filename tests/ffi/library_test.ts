import assert from "node:assert/strict";
import { LibraryNotFoundError } from "../../ffi/mod.ts";
import { openLibrary } from "../../ffi/library.ts";
import { describePackage, packageOfElement, packageOfLibrary } from "../../ffi/packages.ts";
import { encoderCatalogue } from "../../src/media/encoder_catalogue.ts";

Deno.test("openLibrary() says what is missing, where it looked and what to install", () => {
  const open = () => openLibrary("libskerry-missing.so.7", {});
  assert.throws(open, (error: unknown) => {
    assert.ok(error instanceof LibraryNotFoundError);
    assert.equal(error.library, "libskerry-missing.so.7");
    assert.equal(error.tried[0], "libskerry-missing.so.7");
    assert.ok(error.tried.some((path) => path.startsWith("/usr/lib")));
    assert.equal(error.package, undefined);
    assert.match(error.message, /"libskerry-missing\.so\.7"/);
    return true;
  });
});

Deno.test("openLibrary() keeps the linker's reason when a symbol is missing", () => {
  const symbols = { skerry_no_such_symbol: { parameters: [], result: "void" } } as const;
  const open = () => openLibrary("libc.so.6", symbols);
  assert.throws(open, (error: unknown) => {
    assert.ok(error instanceof LibraryNotFoundError);
    assert.match(String(error.cause), /skerry_no_such_symbol/);
    assert.deepEqual(error.package, { apt: "libc6", dnf: "glibc", pacman: "glibc" });
    return true;
  });
});

Deno.test("packageOfLibrary() knows the package of each library that is bound", () => {
  for (
    const soname of [
      "libgstreamer-1.0.so.0",
      "libgstapp-1.0.so.0",
      "libgstvideo-1.0.so.0",
      "libgobject-2.0.so.0",
      "libglib-2.0.so.0",
      "libc.so.6",
    ]
  ) assert.ok(packageOfLibrary(soname)?.apt, soname);
});

Deno.test("packageOfElement() knows the package of each encoder in the catalogue", () => {
  for (const { name } of encoderCatalogue) assert.ok(packageOfElement(name)?.apt, name);
  assert.equal(
    describePackage(packageOfElement("x264enc")),
    "gstreamer1.0-plugins-ugly (apt), gstreamer1-plugins-ugly (dnf) or gst-plugins-ugly (pacman)",
  );
  assert.equal(describePackage(packageOfElement("nonsense")), "the package that provides it");
});
