/** The inline route constraints of ASP.NET that a function's route may use. */

export type Constraint = (value: string) => boolean;

const GUID = /^\s*(?:[0-9a-f]{32}|(?<open>[{(])?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}[})]?)\s*$/i;
const WHOLE = /^\s*[+-]?\d+\s*$/;
const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

const constraints: Record<string, (...args: number[]) => Constraint> = {
  int: () => (value) => isWhole(value, 31n),
  long: () => (value) => isWhole(value, 63n),
  guid: () => (value) => GUID.test(value),
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  bool: () => (value) => /^\s*(?:true|false)\s*$/i.test(value),
  decimal: () => (value) => DECIMAL.test(value),
  double: () => (value) => DECIMAL.test(value),
  float: () => (value) => DECIMAL.test(value),
  datetime: () => (value) => !Number.isNaN(Date.parse(value)),
  required: () => (value) => value !== "",
  length:
    (least = 0, most = least) =>
    (value) =>
      value.length >= least && value.length <= most,
  minlength:
    (least = 0) =>
    (value) =>
      value.length >= least,
  maxlength:
    (most = 0) =>
    (value) =>
      value.length <= most,
  min:
    (least = 0) =>
    (value) =>
      WHOLE.test(value) && Number(value) >= least,
  max:
    (most = 0) =>
    (value) =>
      WHOLE.test(value) && Number(value) <= most,
  range:
    (least = 0, most = 0) =>
    (value) =>
      WHOLE.test(value) && Number(value) >= least && Number(value) <= most,
};

/** @throws on a constraint that doesn't exist */
export function parseConstraint(text: string): Constraint {
  const [, name = text, argument = ""] = /^([^(]*)\((.*)\)$/s.exec(text) ?? [];
  if (name.toLowerCase() === "regex") return regex(argument);
  const known = Object.hasOwn(constraints, name.toLowerCase()) ? constraints[name.toLowerCase()] : undefined;
  if (!known) throw new Error(`The route constraint "${text}" is not known`);
  return known(...(argument === "" ? [] : argument.split(",").map(Number)));
}

function regex(source: string): Constraint {
  const pattern = new RegExp(source, "i");
  return (value) => pattern.test(value);
}

function isWhole(value: string, bits: bigint): boolean {
  if (!WHOLE.test(value)) return false;
  const number = BigInt(value.trim().replace("+", ""));
  return number >= -(2n ** bits) && number < 2n ** bits;
}
