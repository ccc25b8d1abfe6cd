import { secureHeaders } from "hono/secure-headers";

/**
 * Headers of every answer but the WebSocket upgrade: the page runs our own files only, is framed by
 * its own origin only (Jupyter and Open OnDemand do), and is cross-origin isolated, which gives it the
 * precise clock that the latency figures need.
 */
export function securityHeaders() {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      fontSrc: ["'self'"],
      mediaSrc: ["'self'", "blob:"],
      // 'self' covers the WebSocket: CSP level 3 §6.7.2.8 lets http: match ws:.
      connectSrc: ["'self'"],
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
