/** The rows of a table for one instance, or for two that are compared. */
import type { Player } from "./bench-run.ts";

/** `values`: the comparable values of the first cells. */
export type SideRow = { values: readonly number[]; cells: readonly string[] };

/** A row per instance, ours first; with two, a third row with the quotients. */
export function ofEachSide(
  players: readonly Player[],
  what: string,
  rowOf: (name: string, player: Player, isOurs: boolean) => SideRow,
): string[][] {
  const rows = players.map((player, at) => ({
    player,
    ...rowOf(`${player.side.name} ${what}`, player, at === 0),
  }));
  const [first, second] = rows;
  if (!first) return [];
  if (!second) return [[what, ...first.cells]];
  const quotients = first.values.map((value, at) => `${(value / (second.values[at] ?? 0)).toFixed(2)} ×`);
  return [
    ...rows.map(({ player, cells }, at) => [
      `${at === 0 ? what : "".padEnd(what.length)} ${player.side.name}`,
      ...cells,
    ]),
    ["  quotient", ...quotients],
  ];
}

export const figure = (value: number) => value.toFixed(2);
export const count = (value: number) => value.toFixed(0);
