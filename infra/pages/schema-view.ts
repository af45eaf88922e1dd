/** Describes a schema of the document in words, and member by member. */
import { type Html, html, joined, type Part } from "./html.ts";
import { inline, type LinkTo } from "./markdown.ts";
import { nameIn, type Schema } from "./openapi.ts";

/** The anchor of a shape's description. */
export const shapeId = (name: string): string => `shape-${name}`;

const json = (value: unknown) => html`<code>${JSON.stringify(value)}</code>`;
const TYPES: Record<string, string> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "object",
  null: "null",
};

/** A type in a few words, with its limits; a named schema becomes a link. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref) {
    const name = nameIn(schema.$ref);
    return html`<a href="#${shapeId(name)}">${name}</a>`;
  }
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return joined(several.map(typeOf), " or ");
  if (schema.const !== undefined) return json(schema.const);
  if (schema.enum) return orList(schema.enum.map(json));
  if (schema.type === "array") return listOf(schema);
  return html`${plainType(schema)}${limitsOf(schema).map((limit) => html`, ${limit}`)}`;
}

const orList = (parts: Html[]): Html =>
  parts.length < 2 ? html`${parts}` : html`${joined(parts.slice(0, -1), ", ")} or ${parts.at(-1)}`;

function plainType({ type, format, contentEncoding, additionalProperties }: Schema): Part {
  if (format === "date-time") return "time (RFC 3339, UTC)";
  if (contentEncoding) return contentEncoding;
  if (
    type === "object" &&
    additionalProperties &&
    typeof additionalProperties === "object" &&
    additionalProperties.anyOf
  )
    return html`object whose members are ${typeOf(additionalProperties)}`;
  return TYPES[type ?? ""] ?? "anything";
}

const listOf = ({ items, prefixItems, maxItems }: Schema): Html => {
  if (prefixItems) return html`list of exactly ${joined(prefixItems.map(typeOf), ", ")}`;
  const what = typeof items === "object" ? typeOf(items) : "anything";
  return html`list of ${what}${maxItems === undefined ? undefined : `, up to ${counted(maxItems)}`}`;
};

const counted = (number: number) => number.toLocaleString("en");

/** Skips limits that no JSON number exceeds. */
const isLimit = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;

function limitsOf(schema: Schema): Part[] {
  const { minLength, maxLength, minimum, maximum, maxProperties, pattern, contentEncoding, description } =
    schema;
  const length = range(minLength, maxLength);
  return [
    ...(length ? [`${length} characters`] : []),
    ...(range(minimum, maximum) ? [range(minimum, maximum)] : []),
    ...(maxProperties === undefined ? [] : [`up to ${counted(maxProperties)} members`]),
    ...(pattern && !contentEncoding && !description ? [html`like <code>${pattern}</code>`] : []),
  ];
}

function range(least: number | undefined, most: number | undefined): string | undefined {
  if (isLimit(least) && isLimit(most))
    return least === most ? counted(least) : `${counted(least)} to ${counted(most)}`;
  if (isLimit(most)) return `up to ${counted(most)}`;
  return isLimit(least) ? `at least ${counted(least)}` : undefined;
}

/** Lists the members of an object and of unnamed objects inside it; of a union, those of each form. */
export function members(schema: Schema, linkTo: LinkTo): Html | undefined {
  const several = (schema.oneOf ?? schema.anyOf)?.filter(({ $ref }) => !$ref);
  if (several && several.length > 0)
    return html`${joined(
      several.map((each) => members(each, linkTo)),
      html`\n<p>or</p>\n`,
    )}`;
  if (typeof schema.items === "object") return members(schema.items, linkTo);
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return undefined;
  const required = new Set(schema.required);
  return html`<dl class="members">${properties.map(
    ([name, member]) => html`
<dt><code>${name}</code>${required.has(name) ? undefined : html` <span class="soft">optional</span>`}</dt>
<dd><span class="soft">${typeOf(member)}${defaultOf(member)}</span>${toldOf(member, linkTo)}${members(member, linkTo)}</dd>`,
  )}
</dl>`;
}

const defaultOf = (schema: Schema) =>
  schema.default === undefined ? undefined : html`; if left out ${json(schema.default)}`;

const toldOf = ({ description }: Schema, linkTo: LinkTo) =>
  description ? html`. ${inline(description, linkTo)}` : undefined;

/** The names of the schemas that a schema refers to. */
export function namesIn(schema: Schema): string[] {
  const {
    $ref,
    items,
    prefixItems = [],
    properties = {},
    additionalProperties,
    oneOf = [],
    anyOf = [],
  } = schema;
  const inner = [items, additionalProperties].filter((each): each is Schema => typeof each === "object");
  const all = [...inner, ...prefixItems, ...Object.values(properties), ...oneOf, ...anyOf];
  return [...($ref ? [nameIn($ref)] : []), ...all.flatMap(namesIn)];
}
