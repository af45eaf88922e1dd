/** Checks a synchronous property: a law that must hold for every input. */
import * as fc from "fast-check";

export function holds<Inputs>(property: fc.IProperty<Inputs>, numRuns = 100): void {
  void fc.assert(property, { numRuns });
}
