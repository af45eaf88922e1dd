/** What every part of `npm run bench` works with. */
import type { Stack } from "../../local/stack.ts";
import type { Cast } from "./cast.ts";
import type { LoadClient } from "./load.ts";
import type { Operation } from "./operations.ts";
import type { Raw } from "./raw.ts";
import type { Report } from "./report.ts";
import type { Side } from "./side.ts";

/** An instance, and the people who call it. */
export type Player = { side: Side; cast: Cast };

export type Run = {
  stack: Stack;
  load: LoadClient;
  report: Report;
  raw: Raw;
  /** One, or two that are measured in turns. */
  players: readonly Player[];
  /** The operations that all players have. */
  operations: readonly Operation[];
};

/** Alternates the order, so that the player that went first last time goes last. */
export const inTurns = (players: readonly Player[], round: number) =>
  round % 2 === 0 ? players : players.toReversed();
