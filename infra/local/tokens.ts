/** Access tokens from the issuer's development route, which asks for no sign-in. */
import * as z from "zod";

const Token = z.object({ access_token: z.string() });

/** `claims` as the route takes them. */
export async function devToken(issuer: string, claims: object): Promise<string> {
  const response = await fetch(`${issuer}/dev/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(claims),
  });
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
  return Token.parse(await response.json()).access_token;
}

/** The token of a provider's or an operator's app with this role. */
export const appToken = (issuer: string, client: string, role: string): Promise<string> =>
  devToken(issuer, { subject: client, roles: [role], claims: { client_id: client } });
