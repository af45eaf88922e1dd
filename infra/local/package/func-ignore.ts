/** What `.funcignore` keeps from an upload, read as Azure Functions Core Tools read it (their GitIgnoreParser.cs), which isn't git's way. */

/**
 * A rule begins at the app's folder and ends anywhere between a letter, digit or underscore and another character: `test` denies
 * `test-data.json`, too, and `test/` doesn't deny `test/.env`. `*` is one or more characters other than a slash, `**` one or more of
 * any kind. A rule with `!` wins over all others, wherever it stands.
 */
export class FuncIgnore {
  readonly #denied: RegExp | undefined;
  readonly #kept: RegExp | undefined;
  readonly #keptRules: readonly string[];

  constructor(text: string) {
    const rules = text
      .replace(/^\uFEFF/, "")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
    this.#keptRules = rules.filter(isKeeping).map((rule) => fromTheRoot(rule.slice(1)));
    this.#denied = anyOf(rules.filter((rule) => !isKeeping(rule)).map(fromTheRoot));
    this.#kept = anyOf(this.#keptRules);
  }

  /** `path` is relative to the app's folder, with slashes. */
  denies(path: string): boolean {
    return this.#denied?.test(path) === true && this.#kept?.test(path) !== true;
  }

  /** Whether nothing in this folder can be uploaded, so that there is no need to look. */
  deniesAllIn(folder: string): boolean {
    const inside = `${folder}/`;
    const mayKeep = this.#keptRules.some((rule) => {
      const [start = ""] = rule.split("*");
      return start.startsWith(inside) || inside.startsWith(start);
    });
    return !mayKeep && this.#denied?.test(folder) === true;
  }
}

const isKeeping = (rule: string) => rule.startsWith("!");
const fromTheRoot = (rule: string) => (rule.startsWith("/") ? rule.slice(1) : rule);

/** .NET's `\b`: a letter, mark, digit or underscore of any script on one side only. JavaScript's knows only those of ASCII. */
const WORD = "[\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}\\u200c\\u200d]";
const WORD_END = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;

const anyOf = (rules: readonly string[]) =>
  rules.length > 0 ? new RegExp(`^(?:${rules.map(toPattern).join("|")})${WORD_END}`, "u") : undefined;

const toPattern = (rule: string) =>
  rule
    .replace(/[[\]/{}()+?.\\^$|]/g, "\\$&")
    .replaceAll("**", ".+")
    .replaceAll("*", "[^/]+");
