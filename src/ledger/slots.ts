/**
 * Slots: the quarters of an hour that rollups are kept by.
 *
 * Every zone's offset from UTC is a multiple of fifteen minutes, so a slot lies within one local day everywhere, and a
 * block begins on the hour. A message exactly on a boundary has a slot of its own, because a day begins with its
 * first instant while a block includes the last instant of its five hours.
 */
export const SLOT_MS = 900_000;

/** @param at Unix milliseconds */
export const slotOf = (at: number): number => {
  const quarter = Math.floor(at / SLOT_MS);
  return quarter * 2 + (at % SLOT_MS === 0 ? 0 : 1);
};

/** The earliest instant of a slot. Unix milliseconds. */
export const slotStart = (slot: number): number => Math.floor(slot / 2) * SLOT_MS + (slot & 1);

/** The first instant after a slot. Unix milliseconds. */
export const slotEnd = (slot: number): number =>
  (slot & 1) === 0 ? slotStart(slot) + 1 : (Math.floor(slot / 2) + 1) * SLOT_MS;
