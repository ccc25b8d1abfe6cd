/**
 * The HTTP side: the application and the server that carries it.
 *
 * @module
 */
export { type AppOptions, createApp, type Health, type SessionAnswer } from "./app.ts";
export {
  type Authentication,
  createAuthentication,
  NoAuthentication,
  TokenAuthentication,
} from "./auth.ts";
export { ClientFiles } from "./client_files.ts";
export { ClientNotBuiltError, ListenError, PortInUseError } from "./errors.ts";
export type { Identity, Role } from "./identity.ts";
export { Invitations } from "./invitations.ts";
export { HttpServer } from "./server.ts";
export { SocketServer } from "./socket_server.ts";
export { TrustedProxies } from "./proxies.ts";
export { PasswordFileError, passwordLine, Passwords } from "./passwords.ts";
export { Tickets } from "./tickets.ts";
export type { ViewerGrant, ViewerInfo } from "./upgrade.ts";
export type { WebTransportPlace } from "./webtransport_place.ts";
