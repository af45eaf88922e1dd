/** Unguessable ids: 128 random bits. */
import { randomBytes } from "node:crypto";
import * as z from "zod";

/** 16 bytes as unpadded base64url. */
export const Id = z.string().regex(/^[A-Za-z0-9_-]{22}$/, "must be an id: 22 characters of base64url");

export const newId = (): string => randomBytes(16).toString("base64url");
