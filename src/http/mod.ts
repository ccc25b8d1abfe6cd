/**
 * The HTTP side: the application and the server that carries it.
 *
 * @module
 */
export { type AppOptions, createApp, type SessionAnswer } from "./app.ts";
export { Audit } from "./audit.ts";
export {
  type Authentication,
  createAuthentication,
  NoAuthentication,
  type OidcSettings,
  TokenAuthentication,
} from "./auth.ts";
export { ConnectionLimits } from "./connection_limits.ts";
export { ClientFiles } from "./client_files.ts";
export { ClientNotBuiltError, ListenError, PortInUseError } from "./errors.ts";
export type { Identity, Role } from "./identity.ts";
export { Invitations } from "./invitations.ts";
export { HttpServer } from "./server.ts";
export { SocketServer } from "./socket_server.ts";
export { TrustedProxies } from "./proxies.ts";
export { PasswordFileError, passwordLine, Passwords } from "./passwords.ts";
export type { Health } from "./monitoring.ts";
export { OidcAuthentication } from "./oidc_authentication.ts";
export { SignIns } from "./sign_ins.ts";
export { Tickets } from "./tickets.ts";
export type { ViewerGrant, ViewerInfo } from "./upgrade.ts";
export type { WebTransportPlace } from "./webtransport_place.ts";
