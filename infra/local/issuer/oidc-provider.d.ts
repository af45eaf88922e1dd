/** The part of oidc-provider's interface that the issuer uses; the package ships no types of its own. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  export type TokenSource = { accountId: string; authTime?: number };
  export type Context = {
    oidc: {
      provider: Provider;
      client: { clientId: string };
      session: { accountId: string };
      params: { scope?: string };
      entities: { AuthorizationCode?: TokenSource; RefreshToken?: TokenSource };
    };
  };
  export type Interaction = { uid: string; params: Record<string, unknown>; prompt: { name: string } };
  export type LoginResult = { login: { accountId: string; ts: number; remember: boolean }; consent: object };

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    Grant: new (properties: {
      accountId: string;
      clientId: string;
    }) => Grant;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: LoginResult,
      options?: { mergeWithLastSubmission: boolean },
    ): Promise<void>;
  }
}

declare module "oidc-provider/lib/adapters/memory_adapter.js" {
  /** Keeps sessions, codes and grants in memory: a restart signs everyone out. */
  export function createMemoryAdapter(): (model: string) => object;
}
