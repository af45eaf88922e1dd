/** What the mailbox's routes share: its state, and the shapes of a call and of a reply. */
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import type { Messages } from "./messages.ts";
import type { Once } from "./once.ts";

/** A fault that a test orders: every send is refused until the fault is deleted. */
export const Fault = z.strictObject({ status: z.int().min(400).max(599) });

export type Post = {
  /** The mailbox's own address. */
  url: string;
  accessKey: string;
  messages: Messages;
  /** Emails by operation id. */
  operations: Once<true>;
  /** The answers for text messages, by repeatability id. */
  requests: Once<object>;
  fault: z.infer<typeof Fault> | undefined;
};

export type Call = { headers: IncomingHttpHeaders; apiVersion: string; body: string };
export type Reply = { status: number; body?: unknown; headers?: Record<string, string> };
