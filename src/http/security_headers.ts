import type { Context } from "hono";
import { secureHeaders } from "hono/secure-headers";

export interface SecurityHeadersOptions {
  /** Where else than at its own origin the page may connect to; undefined for nowhere. */
  readonly connectTo: (c: Context) => URL | undefined;
}

/**
 * Headers of every answer but the WebSocket upgrade: the page runs our own files only, is framed by
 * its own origin only (Jupyter and Open OnDemand do), and is cross-origin isolated, which gives it the
 * precise clock that the latency figures need.
 */
export function securityHeaders({ connectTo }: SecurityHeadersOptions) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      // WebAssembly decodes where the page is no secure context and has no decoder of the browser's. It
      // is compiled from files of our own; scripts cannot be made of text by this (CSP level 3 §4.4).
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      fontSrc: ["'self'"],
      mediaSrc: ["'self'", "blob:"],
      // 'self' covers the WebSocket: CSP level 3 §6.7.2.8 lets http: match ws:.
      connectSrc: ["'self'", (c) => sourceOf(connectTo(c))],
      workerSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
    },
    crossOriginEmbedderPolicy: "require-corp",
    crossOriginOpenerPolicy: "same-origin",
    crossOriginResourcePolicy: "same-origin",
    referrerPolicy: "no-referrer",
    permissionsPolicy: {
      autoplay: ["self"],
      clipboardRead: ["self"],
      clipboardWrite: ["self"],
      fullscreen: ["self"],
      gamepad: ["self"],
      keyboardMap: ["self"],
      microphone: ["self"],
      screenWakeLock: ["self"],
      windowManagement: ["self"],
      camera: [],
      displayCapture: [],
      geolocation: [],
      payment: [],
      usb: [],
    },
    // Whether the site has TLS is not ours to promise for a year.
    strictTransportSecurity: false,
    // Not needed by any browser that can decode our video.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}

/**
 * A source expression for all of an origin. IP addresses other than 127.0.0.1 match none by the
 * specification (CSP level 3 §6.7.2.9), so that they are let pass by their port.
 */
function sourceOf(url: URL | undefined): string {
  if (url === undefined) return "";
  const { hostname, port, protocol } = url;
  const named = /[a-z]/i.test(hostname) && !hostname.startsWith("[") || hostname === "127.0.0.1";
  return `${protocol}//${named ? hostname : "*"}:${port || 443}`;
}
