/**
 * Several JSON objects on one line, `{…}{…}`.
 *
 * A client killed between writing a line and its newline leaves such a line once the next client appends. A reader that
 * came in between has taken the first object; a later one must find both.
 */

const BOUNDARY = Buffer.from('}{"');

/** More candidates mean a damaged line. */
const MAX_ATTEMPTS = 16;

/** @returns start and end of each complete object; none for fewer than two */
export function joinedObjects(line: Buffer): [from: number, to: number][] {
  const objects: [number, number][] = [];
  let from = 0;
  let attempts = 0;
  for (
    let boundary = line.indexOf(BOUNDARY);
    boundary >= 0;
    boundary = line.indexOf(BOUNDARY, boundary + 1)
  ) {
    if (++attempts > MAX_ATTEMPTS) return [];
    if (!isObject(line.subarray(from, boundary + 1))) continue;
    objects.push([from, boundary + 1]);
    from = boundary + 1;
  }
  if (from > 0 && isObject(line.subarray(from))) objects.push([from, line.length]);
  return objects;
}

const OPENING_BRACE = 123;

/** Whether the bytes are one complete JSON object; trailing blanks are allowed. */
export function isObject(bytes: Buffer): boolean {
  if (bytes[0] !== OPENING_BRACE || !endsAsObject(bytes)) return false;
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

/** A cheap test before parsing. */
export const endsAsObject = (bytes: Buffer): boolean =>
  bytes.subarray(-64).toString("latin1").trimEnd().endsWith("}");
