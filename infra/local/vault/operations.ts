/** All operations of the vault. */
import { deletedKeyOperations } from "./deleted-key-operations.ts";
import { keyOperations } from "./key-operations.ts";
import type { Operation } from "./operation.ts";
import { rotationPolicyOperations } from "./rotation-policy-operations.ts";
import { wrapOperations } from "./wrap-operations.ts";

export const operations: readonly Operation[] = [
  ...keyOperations,
  ...wrapOperations,
  ...rotationPolicyOperations,
  ...deletedKeyOperations,
];
