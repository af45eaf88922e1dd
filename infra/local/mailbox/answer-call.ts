/** The SDKs' calls: find the operation, check the signature, apply an ordered fault, act. */
import type { Call, Post, Reply } from "./post.ts";
import { badRequest, notFound, ordered } from "./refusal.ts";
import { emailStatus, sendEmail } from "./send-email.ts";
import { sendSms } from "./send-sms.ts";
import { assertSigned, type SignedRequest } from "./signature.ts";

type Operation = (call: Call, post: Post) => Reply;

const sends = new Map([
  ["POST /emails:send", sendEmail],
  ["POST /sms", sendSms],
]);

export function answerCall(request: SignedRequest, post: Post): Reply {
  const { method, target, headers, body } = request;
  const { pathname, searchParams } = new URL(post.url + target);
  const operation = findOperation(method, pathname);
  if (!operation) throw notFound(`The mailbox has no route ${method} ${pathname}.`);
  assertSigned(request, post.accessKey);
  const apiVersion = searchParams.get("api-version");
  if (!apiVersion) throw badRequest("The api-version query parameter is required.");
  return operation({ headers, apiVersion, body }, post);
}

function findOperation(method: string, pathname: string): Operation | undefined {
  const [, id] = /^\/emails\/operations\/([^/]+)$/.exec(pathname) ?? [];
  if (method === "GET" && id) return (_, post) => emailStatus(id, post);
  const send = sends.get(`${method} ${pathname}`);
  if (!send) return undefined;
  return (call, post) => {
    if (post.fault) throw ordered(post.fault.status);
    return send(call, post);
  };
}
