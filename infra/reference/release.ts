/** When the document may break what the last release promised. Pure. */

type Version = readonly [major: number, minor: number, patch: number];

function versionIn(text: string): Version {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  if (patch === undefined) throw new Error(`${text} is no version such as 0.2.0`);
  return [Number(major), Number(minor), Number(patch)];
}

/** SemVer: a new major version may break; while it is 0, a new minor one may. */
export function mayBreak(released: string, next: string): boolean {
  const [oldMajor, oldMinor] = versionIn(released);
  const [major, minor] = versionIn(next);
  return major > oldMajor || (major === 0 && oldMajor === 0 && minor > oldMinor);
}

export const RULE =
  "A change that breaks apps needs a new version in package.json: the next major one, or, while the major version is 0, the next minor one " +
  "(SemVer). `npm run document` then takes it over. If the change wasn't meant, take it back.";
