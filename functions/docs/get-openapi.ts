/** GET v1/openapi.json: the OpenAPI document of all endpoints, for tools (R40). */

import { isKnown } from "../../lib/http/headers/known-etags.ts";
import { OpenApi, openApi } from "../../lib/http/openapi.ts";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";

export const getOpenApi = endpoint({
  name: "get-openapi",
  summary: "The OpenAPI document",
  method: "GET",
  route: "v1/openapi.json",
  access: "anonymous",
  takes: { knownEtags: true },
  tagged: true,
  replies: { 200: OpenApi, 304: Nothing },
  handle({ knownEtags }) {
    const { document, etag } = openApi();
    if (isKnown(etag, knownEtags)) return { status: 304, body: undefined, etag };
    return { status: 200, body: document, etag };
  },
});
