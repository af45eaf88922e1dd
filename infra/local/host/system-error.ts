/** The error by which the host refuses what an app asks of it; the library recognises it by its mark. */
export class SystemError extends Error {
  readonly isAzureFunctionsSystemError = true;
}

/** The RangeError that tells the library an API is unknown to this host. */
export function unknownHook(name: string): RangeError {
  return Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true });
}
