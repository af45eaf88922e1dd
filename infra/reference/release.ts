/** Decides whether the document may break the last release's promises. */

type Version = readonly [major: number, minor: number, patch: number];

function versionIn(text: string): Version {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  if (patch === undefined) throw new Error(`${text} is no version such as 0.2.0`);
  return [Number(major), Number(minor), Number(patch)];
}

/** SemVer: a new major version may break; at major version 0, a new minor version may. */
export function mayBreak(released: string, next: string): boolean {
  const [oldMajor, oldMinor] = versionIn(released);
  const [major, minor] = versionIn(next);
  return major > oldMajor || (major === 0 && oldMajor === 0 && minor > oldMinor);
}

export const RULE =
  "A change that breaks apps needs a new version in package.json: the next major version, or, at major version 0, the next minor one " +
  "(SemVer). Then run `npm run document`. If the change was a mistake, undo it.";
