import { getLogger } from "@logtape/logtape";
import { OidcAuthentication, type OidcSettings } from "./http/mod.ts";
import { readSecretFile } from "./secret_file.ts";
import type { Settings } from "./settings.ts";

const log = getLogger(["skerry"]);

/**
 * @returns undefined if viewers sign in by other means.
 * @throws {SecretFileError} if the client secret cannot be read.
 */
export async function readOidcSettings(settings: Settings): Promise<OidcSettings | undefined> {
  const { auth, oidcClientId, oidcClientSecretFile, oidcIssuer } = settings;
  if (auth !== "oidc" || oidcIssuer === undefined || oidcClientId === undefined) return undefined;
  return {
    issuer: oidcIssuer,
    clientId: oidcClientId,
    clientSecret: oidcClientSecretFile === undefined
      ? undefined
      : await readSecretFile(oidcClientSecretFile, "--oidc-client-secret-file"),
    scope: settings.oidcScope,
    userClaim: settings.oidcUserClaim,
    groupsClaim: settings.oidcGroupsClaim,
    groups: settings.allowGroups,
  };
}

/** Says at the start what would keep everybody from signing in; it may be mended without a new start. */
export function checkProvider(auth: object): void {
  if (!(auth instanceof OidcAuthentication)) return;
  auth.provider.check().catch((error: unknown) => {
    log.error("Nobody can sign in as things are: {reason}", {
      reason: error instanceof Error ? error.message : String(error),
    });
  });
}
