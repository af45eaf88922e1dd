/** The vault's routes for tests and demos: counters, faults and throttle. Azure has none of them. */
import * as z from "zod";
import { parseBody, Refusal } from "../loopback-server.ts";
import type { Counters } from "./counters.ts";
import { Fault, type Faults } from "./faults.ts";
import { ok, type Reply } from "./operation.ts";
import { badParameter } from "./refusal.ts";
import type { Throttle } from "./throttle.ts";

const ThrottleBody = z.strictObject({ operationsPer10Seconds: z.number().positive().nullable() });

export type Switches = { faults: Faults; throttle: Throttle; counters: Counters };

export function answerDevRoute(route: string, body: string, switches: Switches): Reply {
  const { faults, throttle, counters } = switches;
  switch (route) {
    case "DELETE /dev/counters":
      return ok(counters.take());
    case "PUT /dev/faults":
      faults.order(parseBody(Fault, body, badParameter));
      return { status: 204 };
    case "DELETE /dev/faults":
      faults.order(undefined);
      return { status: 204 };
    case "PUT /dev/throttle":
      throttle.limitTo(parseBody(ThrottleBody, body, badParameter).operationsPer10Seconds);
      return { status: 204 };
    default:
      throw new Refusal(404, "NotFound", `The vault has no route ${route}.`);
  }
}
