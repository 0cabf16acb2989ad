/**
 * Objects that stand on one line without a newline between them.
 *
 * A client that is killed after it has written a line and before it has written the newline leaves a file that the next
 * client appends to: `{…}{…}`. A reader that came in between has taken the first object; one that comes later must find
 * both.
 */

const JOINT = Buffer.from('}{"');

/** A line that is merely damaged is not worth more attempts. */
const MAX_ATTEMPTS = 16;

/** @returns where each complete JSON object on the line begins and ends; none when there are fewer than two */
export function joinedObjects(line: Buffer): [from: number, to: number][] {
  const objects: [number, number][] = [];
  let from = 0;
  let attempts = 0;
  for (let joint = line.indexOf(JOINT); joint >= 0; joint = line.indexOf(JOINT, joint + 1)) {
    if (++attempts > MAX_ATTEMPTS) return [];
    if (!isObject(line.subarray(from, joint + 1))) continue;
    objects.push([from, joint + 1]);
    from = joint + 1;
  }
  if (from > 0 && isObject(line.subarray(from))) objects.push([from, line.length]);
  return objects;
}

const OPENING_BRACE = 123;

/** Whether the bytes are one complete JSON object, perhaps with blanks behind it. */
export function isObject(bytes: Buffer): boolean {
  if (bytes[0] !== OPENING_BRACE || !endsAsObject(bytes)) return false;
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Whether the bytes may be the end of an object: a cheap test before the others. */
export const endsAsObject = (bytes: Buffer): boolean =>
  bytes.subarray(-64).toString("latin1").trimEnd().endsWith("}");
