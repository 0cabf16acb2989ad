/** Property tests with shrinking, and strings that a terminal must never receive. */
import fc from "fast-check";

export interface Random {
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
}

/** A failure is repeated with the seed that it reports: `PLIMSOLL_TEST_SEED=N`. */
const SEED = Number(process.env.PLIMSOLL_TEST_SEED ?? 1);

/** Choices from a list of numbers, and 0 when they are used up: a shorter list of smaller numbers is a simpler case. */
function choices(numbers: readonly number[]): Random {
  let used = 0;
  const below = (bound: number) => (bound > 1 ? (numbers[used++] ?? 0) % bound : 0);
  return {
    below,
    pick: (items) => items[below(items.length)] as never,
    // With no numbers left, false.
    chance: (probability) => below(1_000_000) >= 1_000_000 * (1 - probability),
  };
}

const numbers = (draws: number) => fc.noBias(fc.array(fc.nat(), { maxLength: draws, size: "max" }));

/**
 * Check `property` in `rounds` random cases. A failing case is shrunk before it is reported.
 * @param draws how many random choices a case makes, at most; later ones are always the first choice
 */
export function forAll(rounds: number, property: (random: Random) => void, draws = 3_000): void {
  fc.assert(
    fc.property(numbers(draws), (drawn) => property(choices(drawn))),
    { numRuns: rounds, seed: SEED, includeErrorInReport: true },
  );
}

/** `forAll` for a property that is awaited. */
export const forAllAsync = (
  rounds: number,
  property: (random: Random) => Promise<void>,
  draws = 3_000,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(numbers(draws), (drawn) => property(choices(drawn))),
    { numRuns: rounds, seed: SEED, includeErrorInReport: true },
  );

const HOSTILE = [
  "\x1b[31mred\x1b[0m",
  "\x1b[2J\x1b[H",
  "\x1b]0;title\x07",
  "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
  "\x1bP+q544e\x1b\\",
  "\x1b_Gf=32;AAAA\x1b\\",
  "\x9b31mc1\x9c",
  "\x9d0;t\x9c",
  "\x1b]52;c;aGVsbG8=",
  "\r\n\t\v\f\b\0",
  "a\u202eb\u2066c\u2069d\u200f",
  "\u200b\u200d\ufeff\u00ad\u2060\u180e",
  "\u{e0041}\u{e007f}\ufe0f\u{e0100}",
  "\ud800x\udc00",
  "e\u0301\u0302\u0303\u0304\u0305\u0306\u0307",
  "\u0301\u0301",
  "漢字かな한국어",
  "👨‍👩‍👧‍👦🏳️‍🌈👍🏽",
  "🇩🇪🇫🇷🇦",
  "1️⃣ ❤️ ☀️ ✈",
  "→①★…·│█",
  "שלום عربي",
  "각 हिन्दी ตำ",
  "\u2028\u2029\u0085\u00a0\u3000",
  "\ufdd0\uffff\u{1fffe}",
  "%s%n$x$(id)`id`",
  "a".repeat(300),
  "漢".repeat(150),
  "x\u0338".repeat(90),
  " ",
  "",
];

/** Text made of pieces of ordinary, wide, combining, invisible and hostile characters. */
export function hostileText(random: Random): string {
  let text = "";
  for (let left = random.below(5); left >= 0; left--) {
    if (random.chance(0.6)) text += random.pick(HOSTILE);
    else if (random.chance(0.5)) text += "feature/some-name".slice(0, random.below(18));
    else text += String.fromCharCode(random.below(0x10000));
  }
  return text;
}
