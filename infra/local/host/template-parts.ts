/** Splits a route template into segments and their literal and parameter parts; `{{` and `}}` are braces. */

export interface TemplatePart {
  isParameter: boolean;
  text: string;
}

/** @throws if braces don't match or a literal has a character that a template may not have */
export function splitTemplate(template: string): TemplatePart[][] {
  const segments: TemplatePart[][] = [[]];
  let part: TemplatePart | undefined;
  for (const [token] of template.matchAll(/\{\{|\}\}|[\s\S]/g)) {
    if (token === "{" && !part?.isParameter) {
      part = append(segments, { isParameter: true, text: "" });
    } else if (token === "}" && part?.isParameter) {
      part = undefined;
    } else if (token === "/" && !part?.isParameter) {
      segments.push([]);
      part = undefined;
    } else {
      refuse(token, part, template);
      part ??= append(segments, { isParameter: false, text: "" });
      part.text += token.length === 2 ? token.slice(1) : token;
    }
  }
  if (part?.isParameter) throw new Error(`A brace of the route "${template}" is not closed`);
  return segments;
}

function append(segments: TemplatePart[][], part: TemplatePart): TemplatePart {
  segments.at(-1)?.push(part);
  return part;
}

function refuse(token: string, part: TemplatePart | undefined, template: string): void {
  const misplaced = part?.isParameter ? token === "{" : token === "}" || token === "?";
  if (misplaced) throw new Error(`The route "${template}" has a misplaced "${token}"`);
}
