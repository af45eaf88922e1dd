/** The pipeline of every request: authenticate, parse, admit, handle, reply. Errors become problems here. */
import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { DeviceSealed } from "../../domain/backup/device-sealed.ts";
import { admit } from "../../domain/device.ts";
import type { Asking } from "../../domain/devices/admission.ts";
import { Failure, invalid } from "../../domain/failure.ts";
import { headsOf } from "../../domain/owner/owner-state.ts";
import { devicesIn, type OwnerStore, type StoredOwner } from "../../domain/owner/owner-store.ts";
import { type OwnerId, Platform, type SignIn } from "../../domain/owner.ts";
import { finishErasure } from "../../domain/privacy/erasure.ts";
import { isUnreadable } from "../../domain/sealing/seal.ts";
import { loggingFailure } from "../../domain/step-up/failed-step-up.ts";
import { requireAppVersion } from "../headers/app-version.ts";
import { readDeviceName } from "../headers/device-name.ts";
import { readIdempotencyKey } from "../headers/idempotency.ts";
import { readKnownEtags } from "../headers/known-etags.ts";
import { readPrecondition } from "../headers/precondition.ts";
import { kindOf, problemOf } from "../problems/problem.ts";
import { languageIn, page, problemPage } from "../replies/page.ts";
import type { Services } from "../services.ts";
import { authenticate, authenticateProvider, readAccountSignIn, signIn } from "./authenticate.ts";
import {
  type Access,
  type Endpoint,
  isForAll,
  isOwnerAccess,
  isProviderAccess,
  type OwnerAccess,
  takesBody,
} from "./endpoint.ts";
import { logRequest } from "./log.ts";
import { parse } from "./parse.ts";
import { isJose, readJose, readJson } from "./read-body.ts";
import { noteRefusal } from "./refused-upload.ts";
import { wwwAuthenticateFor } from "./www-authenticate.ts";

export const toHandler = (endpoint: Endpoint, services: Services): HttpHandler =>
  replying(endpoint, services, (request) => answer(endpoint, request, services));

type Answered = { response: HttpResponseInit; reopened: boolean };

/** Runs the work, logs it, turns errors into problem replies and adds the common headers. */
export function replying(
  { name, access }: Pick<Endpoint, "name" | "access">,
  services: Services,
  work: (request: HttpRequest) => Promise<Answered>,
): HttpHandler {
  return async (request, context) => {
    const startedAt = performance.now();
    const { response, ...how } = await work(request).then(
      (answered) => ({ ...answered, error: undefined }),
      (error: unknown) => ({ response: refuse(access, error, request, context, services), error }),
    );
    logRequest(context, { endpoint: name, status: response.status, startedAt, ...how });
    return { ...response, headers: { ...common(context), ...response.headers } };
  };
}

/** Default headers of every reply. */
const common = ({ invocationId }: InvocationContext) => ({
  "cache-control": "no-store",
  "x-request-id": invocationId,
});

async function answer(endpoint: Endpoint, request: HttpRequest, services: Services): Promise<Answered> {
  const reply = await handle(endpoint, request, services, services.clock());
  const { status, body, etag, reopened = false, styleHash } = reply;
  const keeping = etag !== undefined && isForAll(endpoint) && { "cache-control": "no-cache" };
  const headers = { ...(etag && { etag }), ...keeping };
  const response = endpoint.page ? page(status, body, { headers, styleHash }) : json(status, body, headers);
  return { response, reopened };
}

async function handle(endpoint: Endpoint, request: HttpRequest, services: Services, now: Date) {
  const { access } = endpoint;
  if (isOwnerAccess(access)) return await handleForOwner(endpoint, access, request, services, now);
  const provider = isProviderAccess(access)
    ? await authenticateProvider(access, request, services)
    : undefined;
  const input = { ...(await readRequest(endpoint, request, services)), provider, now };
  return await endpoint.handle(input, services);
}

/** The storage read starts before the checks of proof and body, so the two overlap. */
async function handleForOwner(
  endpoint: Endpoint,
  access: OwnerAccess,
  request: HttpRequest,
  services: Services,
  now: Date,
) {
  const signedIn = await signIn(request, services);
  const platform = Platform.safeParse(request.params["platform"]).data;
  const { owner } = signedIn;
  const reading = readOwner(endpoint, services, owner);
  reading.catch(() => undefined);
  const target = targetOf(endpoint, request, services);
  const appTooOld = appRefusal(endpoint, request, services);
  const caller = await authenticate(access, request, signedIn, target, services, now);
  const parameters = readParameters(endpoint, request);
  const content = await readContent(endpoint, request, services).catch(async (error: unknown) => {
    if (endpoint.notesRefusals) await noteRefusal(services, { caller, platform, reading }, error, now);
    throw error;
  });
  const admitAndHandle = async ({ held, damage }: Found) => {
    const asking = { caller, held, now };
    admit(caller, devicesIn(held), endpoint.devices, now);
    const accountSignIn = endpoint.takes.accountSignIn
      ? await proveAccount(request, asking, services)
      : undefined;
    const told = { heads: headsOf(held?.state), accountSignIn, appTooOld, damage };
    return await endpoint.handle({ ...parameters, ...content, ...asking, ...told }, services);
  };
  const finish = (held: StoredOwner | undefined) => finishErasure(services, owner, held, now);
  const found = await ownerOrDamage(endpoint, reading.then(finish));
  // A refusal decided on the remembered owner may be outdated: decide again on a fresh read.
  return await admitAndHandle(found).catch(async (error: unknown) => {
    const isDecision = error instanceof Failure && error.details.retryAfterSeconds === undefined;
    if (!found.held?.isAtHand || !isDecision) throw error;
    return await admitAndHandle(await ownerOrDamage(endpoint, services.owners.find(owner).then(finish)));
  });
}

/** Reads the whole owner only if needed: among GETs, only those that take known ETags answer content. */
function readOwner(
  { startsAtHand, method, takes }: Endpoint,
  { owners }: { owners: OwnerStore },
  owner: OwnerId,
): Promise<StoredOwner | undefined> {
  if (startsAtHand) return owners.findAtHand(owner);
  return owners.find(owner, { whole: method !== "GET" || takes.knownEtags === true });
}

type Found = { held: StoredOwner | undefined; damage: Failure | undefined };

/** `damage`: the failure that other endpoints would answer. */
async function ownerOrDamage(
  { tolerates }: Endpoint,
  reading: Promise<StoredOwner | undefined>,
): Promise<Found> {
  try {
    return { held: await reading, damage: undefined };
  } catch (error) {
    if (tolerates.includes("damage") && isUnreadable(error)) return { held: undefined, damage: error };
    throw error;
  }
}

/** An invalid sign-in to the account is logged as a failed step-up. */
async function proveAccount(
  request: HttpRequest,
  asking: Asking,
  services: Services,
): Promise<SignIn | undefined> {
  const { caller, now } = asking;
  return await loggingFailure(services, asking, undefined, () =>
    readAccountSignIn(request, caller.device, services, now),
  );
}

/** Throws the refusal unless the endpoint tolerates old apps. */
function appRefusal(
  { tolerates }: Endpoint,
  request: HttpRequest,
  { policy }: Services,
): Failure | undefined {
  try {
    requireAppVersion(request, policy.minimumAppVersion);
    return undefined;
  } catch (error) {
    if (tolerates.includes("old-app") && error instanceof Failure && error.kind === "app-too-old")
      return error;
    throw error;
  }
}

/** RFC 9449 §4.3 `htu`: built from the declaration, since the host re-encodes the requested URL. */
function targetOf({ method, route }: Endpoint, { params }: HttpRequest, { policy }: Services) {
  const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  return { method, url: `${policy.publicBaseUrl}/${path}` };
}

const readRequest = async (endpoint: Endpoint, request: HttpRequest, services: Services) => ({
  ...readParameters(endpoint, request),
  ...(await readContent(endpoint, request, services)),
});

function readParameters({ request: declared, takes }: Endpoint, request: HttpRequest) {
  return {
    params: parse(declared.params, request.params, "path"),
    query: parse(declared.query, readQuery(request.url), "query"),
    precondition: takes.precondition ? readPrecondition(request) : undefined,
    knownEtags: takes.knownEtags ? readKnownEtags(request) : [],
    idempotencyKey: takes.idempotencyKey ? readIdempotencyKey(request) : undefined,
    deviceName: takes.deviceName ? readDeviceName(request) : undefined,
  };
}

async function readContent(endpoint: Endpoint, request: HttpRequest, { policy }: Services) {
  const { takes } = endpoint;
  const isSealed = takes.jwe === true && isJose(request);
  const most = takes.envelope ? withEnvelope(policy.maxUploadBytes) : policy.maxUploadBytes;
  const isJson = takesBody(endpoint) && !isSealed;
  return {
    jwe: isSealed ? parse(DeviceSealed, await readJose(request, most), "body") : undefined,
    body: isJson ? parse(endpoint.request.body, await readJson(request, most), "body") : undefined,
  };
}

/** Base64url makes a sealed document a third longer; the device's accounts need room, too. */
export const withEnvelope = (maxUploadBytes: number) => Math.ceil(maxUploadBytes * (4 / 3)) + maxUploadBytes;

/** Fails as `invalid-request` for a repeated parameter, since it would be unclear which one counts. */
function readQuery(url: string): Record<string, string> {
  const { searchParams } = new URL(url);
  const repeated = [...searchParams.keys()].find((name) => searchParams.getAll(name).length > 1);
  if (repeated !== undefined)
    throw invalid(`query parameter ${repeated.slice(0, 64)}`, "must not be repeated");
  return Object.fromEntries(searchParams);
}

function refuse(
  access: Access,
  error: unknown,
  { url }: HttpRequest,
  { invocationId }: InvocationContext,
  { policy }: Services,
): HttpResponseInit {
  const problem = problemOf(error, invocationId);
  const challenge = wwwAuthenticateFor(kindOf(error), {
    maxAgeSeconds: problem.maxAgeSeconds ?? policy.signInMaxAgeSeconds,
    accountMaxAgeSeconds: policy.accountSignInMaxAgeSeconds,
    authContexts: policy.authContexts,
  });
  const headers = {
    ...(challenge && { "www-authenticate": challenge }),
    ...(problem.allow && { allow: problem.allow.join(", ") }),
    ...(problem.retryAfterSeconds && { "retry-after": String(problem.retryAfterSeconds) }),
  };
  if (access === "capability")
    return page(problem.status, problemPage(languageIn(url), problem.status), { headers });
  return json(problem.status, problem, { "content-type": "application/problem+json", ...headers });
}

const json = (status: number, body: unknown, headers: Record<string, string>): HttpResponseInit =>
  body === undefined
    ? { status, headers }
    : { status, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
