/** Messenger on Azure Communication Services. Its libraries load slowly, so they load only when needed. */
import type { TokenCredential } from "@azure/identity";
import { Failure } from "../../domain/failure.ts";
import type { Messenger } from "../../domain/messages/messenger.ts";
import type { Senders } from "./communication-clients.ts";

export function communicationMessenger(senders: Senders, credential: TokenCredential): Messenger {
  let loading: Promise<Messenger> | undefined;
  return {
    async send(message) {
      loading ??= import("./communication-clients.ts").then(({ createMessenger }) =>
        createMessenger(senders, credential),
      );
      try {
        await (await loading).send(message);
      } catch (cause) {
        throw new Failure(
          "messages-unavailable",
          "The mail service does not answer.",
          { retryAfterSeconds: 30 },
          { cause },
        );
      }
    },
  };
}
