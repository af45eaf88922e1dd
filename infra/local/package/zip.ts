/** Writes a zip archive whose bytes depend on nothing but the names and contents of its files (PKWARE APPNOTE 6.3). */
import { crc32, deflateRawSync } from "node:zlib";

export type ZipFile = { name: string; content: Buffer };

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** 2.0, the first with deflate. */
const VERSION = 20;
const MADE_BY_UNIX = (3 << 8) | VERSION;
const NAMES_ARE_UTF8 = 1 << 11;
const DEFLATED = 8;
/** 1980-01-01 00:00:00, the earliest that the format knows. */
const [TIME, DATE] = [0, (1 << 5) | 1];
const REGULAR_FILE = (0o100644 << 16) >>> 0;

/** @throws RangeError if a size or an offset passes 4 GiB, which would need zip64 */
export function zip(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const entry = describe(name, content);
    const local = Buffer.concat([words(LOCAL), entry.shared, entry.name, entry.packed]);
    locals.push(local);
    centrals.push(central(entry, offset));
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const counts = shorts(0, 0, files.length, files.length);
  const end = Buffer.concat([words(END), counts, words(directory.length, offset), shorts(0)]);
  return Buffer.concat([...locals, directory, end]);
}

type Entry = { name: Buffer; packed: Buffer; shared: Buffer };

/** `shared`: what both headers of a file say alike. */
function describe(name: string, content: Buffer): Entry {
  const bytes = Buffer.from(name);
  const packed = deflateRawSync(content, { level: 9 });
  const shared = Buffer.concat([
    shorts(VERSION, NAMES_ARE_UTF8, DEFLATED, TIME, DATE),
    words(crc32(content), packed.length, content.length),
    shorts(bytes.length, 0),
  ]);
  return { name: bytes, packed, shared };
}

/** After the shared part: comment length, disk, internal attributes, external attributes, offset. */
const central = ({ name, shared }: Entry, offset: number) =>
  Buffer.concat([
    words(CENTRAL),
    shorts(MADE_BY_UNIX),
    shared,
    shorts(0, 0, 0),
    words(REGULAR_FILE, offset),
    name,
  ]);

function shorts(...values: number[]): Buffer {
  const buffer = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt16LE(value, 2 * index);
  return buffer;
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, 4 * index);
  return buffer;
}
