/** One identity provider's signing keys, found by discovery and cached; fetched at most once a minute. */
import { createLocalJWKSet, errors, type JWTVerifyGetKey, type LocalJWKSet } from "jose";
import * as z from "zod";
import type { Clock } from "../domain/clock.ts";
import { Failure } from "../domain/failure.ts";

const KEPT_MS = 60 * 60_000;
const REFETCH_MS = 60_000;
const TIMEOUT_MS = 3000;

/** OpenID Connect Discovery 1.0 §3: the two members that we need. */
const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });
const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * Finds the key that a token's header names. Fails as `identity-unavailable` until the provider has answered
 * once.
 */
export function issuerKeys(issuer: string, now: Clock): JWTVerifyGetKey {
  let known: { find: LocalJWKSet; at: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  const fetchOnce = async () => {
    triedAt = now().getTime();
    const find = await fetchKeys(issuer).catch(() => undefined);
    if (find) known = { find, at: triedAt };
  };
  const refresh = async () => {
    if (!underWay && now().getTime() - triedAt >= REFETCH_MS) {
      underWay = fetchOnce().finally(() => {
        underWay = undefined;
      });
    }
    await underWay;
  };
  const keys = async () => {
    if (!known || now().getTime() - known.at >= KEPT_MS) await refresh();
    if (known) return known.find;
    throw new Failure("identity-unavailable", "The identity provider does not answer.", {
      retryAfterSeconds: REFETCH_MS / 1000,
    });
  };
  return async (header, token) => {
    try {
      return await (await keys())(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      return await (await keys())(header, token);
    }
  };
}

async function fetchKeys(issuer: string): Promise<LocalJWKSet> {
  const discovery = Discovery.parse(
    await fetchJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`),
  );
  if (discovery.issuer !== issuer) throw new Error("the discovery document names another issuer");
  return createLocalJWKSet(KeySet.parse(await fetchJson(discovery.jwks_uri)));
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
  if (!response.ok) throw new Error(`the identity provider answered ${response.status}`);
  return await response.json();
}
