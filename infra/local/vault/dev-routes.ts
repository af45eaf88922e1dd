/** The vault's routes for tests and demos: counters, audit list, faults and throttle. Azure has none of them. */
import * as z from "zod";
import { Fault, type Faults } from "./faults.ts";
import type { Observations } from "./observations.ts";
import { ok, parseBody, type Reply } from "./operation.ts";
import { Refusal } from "./refusal.ts";
import type { Throttle } from "./throttle.ts";

const ThrottleBody = z.strictObject({ operationsPer10Seconds: z.number().positive().nullable() });

export type Switches = { faults: Faults; throttle: Throttle; observations: Observations };

export function answerDevRoute(route: string, body: string, switches: Switches): Reply {
  const { faults, throttle, observations } = switches;
  switch (route) {
    case "GET /dev/counters":
      return ok(observations.counters());
    case "DELETE /dev/counters":
      return ok(observations.takeCounters());
    case "GET /dev/audit":
      return ok(observations.audit());
    case "PUT /dev/faults":
      faults.order(parseBody(Fault, body));
      return { status: 204 };
    case "DELETE /dev/faults":
      faults.order(undefined);
      return { status: 204 };
    case "PUT /dev/throttle":
      throttle.limitTo(parseBody(ThrottleBody, body).operationsPer10Seconds);
      return { status: 204 };
    default:
      throw new Refusal(404, "NotFound", `The vault has no route ${route}.`);
  }
}
