/** Reads a QR code as a camera would: draws its SVG as pixels, which a QR reader then reads. */
import jsQr from "jsqr";

const SCALE = 6;

/** @throws if it has no QR code */
export function readQr(svg: string): string {
  const size = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1]);
  const [, path = ""] = / stroke="[^"]*" d="([^"]+)"/.exec(svg) ?? [];
  const width = size * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const { x, y, length } of linesOf(path)) blacken(pixels, width, { x, y, length });
  const found = jsQr.default(pixels, width, width);
  if (!found) throw new Error("there is no QR code in the picture");
  return found.data;
}

type Line = { x: number; y: number; length: number };

/**
 * The SVG draws each dark row of modules as a horizontal stroke, with only `M x y`, `m dx dy` and `h length`.
 */
function linesOf(path: string): Line[] {
  const lines: Line[] = [];
  let [x, y] = [0, 0];
  for (const [, command, first = "0", second = "0"] of path.matchAll(/([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    if (command === "h") lines.push({ x, y: Math.floor(y), length: Number(first) });
    if (command === "M") [x, y] = [Number(first), Number(second)];
    else [x, y] = [x + Number(first), y + (command === "m" ? Number(second) : 0)];
  }
  return lines;
}

function blacken(pixels: Uint8ClampedArray, width: number, { x, y, length }: Line): void {
  for (let row = y * SCALE; row < (y + 1) * SCALE; row++) {
    for (let column = x * SCALE; column < (x + length) * SCALE; column++) {
      pixels.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
    }
  }
}
