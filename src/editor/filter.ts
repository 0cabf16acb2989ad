/** Typing to filter a list: which entries match, the best first, and where. */

/** How well an entry matches, and which characters of its name do. */
export interface Match<Entry> {
  readonly entry: Entry;
  /** Indices of the name's UTF-16 units. */
  readonly marks: ReadonlySet<number>;
}

interface Named {
  readonly label: string;
  readonly about: string;
}

/**
 * @param filter what was typed: parts of names or descriptions, or letters of a name in their order
 * @returns the matching entries; equal ones in their order
 */
export function filterEntries<Entry extends Named>(
  entries: readonly Entry[],
  filter: string,
): Match<Entry>[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === "") return entries.map((entry) => ({ entry, marks: new Set() }));
  return entries
    .flatMap((entry) => {
      const found = rank(entry, wanted);
      return found ? [{ entry, ...found }] : [];
    })
    .sort((one, other) => one.rank - other.rank);
}

/** Lower ranks are better: the name's start, the start of a word in it, a part of it, the description, scattered letters. */
function rank(
  { label, about }: Named,
  wanted: string,
): { rank: number; marks: ReadonlySet<number> } | undefined {
  const name = label.toLowerCase();
  const at = name.indexOf(wanted);
  if (at >= 0) {
    const marks = new Set(Array.from(wanted, (_, index) => at + index));
    if (at === 0) return { rank: name.length === wanted.length ? 0 : 1, marks };
    return { rank: /[a-z0-9]/.test(name[at - 1] ?? "") ? 3 : 2, marks };
  }
  const description = about.toLowerCase();
  const inAbout = description.indexOf(wanted);
  const startsWord = inAbout === 0 || (inAbout > 0 && !/[a-z0-9]/.test(description[inAbout - 1] ?? ""));
  if (startsWord) return { rank: 4, marks: new Set() };
  const scattered = subsequence(name, wanted);
  if (scattered) return { rank: 5, marks: scattered };
  return inAbout > 0 ? { rank: 6, marks: new Set() } : undefined;
}

/** @returns where the letters of `wanted` are in `name`, in their order */
function subsequence(name: string, wanted: string): Set<number> | undefined {
  const marks = new Set<number>();
  let from = 0;
  for (const letter of wanted) {
    const at = name.indexOf(letter, from);
    if (at < 0) return undefined;
    marks.add(at);
    from = at + 1;
  }
  return marks;
}
