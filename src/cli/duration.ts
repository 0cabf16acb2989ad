/** Durations as in timeout(1): a floating point number as strtod(3) parses it, and one of `s m h d`. */

const NUMBER =
  /^[ \t\n\v\f\r]*([+-]?)(?:(inf(?:inity)?)|(0x(?:[0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(?:p[+-]?\d+)?)|((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))/i;

/** @returns the number at the start of a text and the rest; undefined without a number, or for NaN */
export function leadingNumber(text: string): { value: number; rest: string } | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const [whole, sign, infinite, hex, decimal] = match;
  const magnitude = infinite
    ? Number.POSITIVE_INFINITY
    : hex
      ? hexFloat(hex)
      : decimalFloat(decimal as string);
  return { value: sign === "-" ? -magnitude : magnitude, rest: text.slice(whole.length) };
}

/** A number that underflows must not become 0, which means "no limit". */
const notZero = (value: number, mantissa: string): number =>
  value === 0 && /[1-9a-f]/i.test(mantissa) ? Number.MIN_VALUE : value;

const decimalFloat = (text: string): number => notZero(Number(text), text.split(/e/i)[0] as string);

function hexFloat(text: string): number {
  const [mantissa = "", exponent = "0"] = text.slice(2).split(/p/i);
  const [whole = "", fraction = ""] = mantissa.split(".");
  let value = 0;
  for (const digit of whole) value = value * 16 + Number.parseInt(digit, 16);
  for (const [index, digit] of [...fraction].entries())
    value += Number.parseInt(digit, 16) / 16 ** (index + 1);
  return notZero(value * 2 ** Number(exponent), mantissa);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** @returns milliseconds (0: no limit; may be Infinity); undefined when invalid or negative */
export function parseDuration(text: string): number | undefined {
  const number = leadingNumber(text);
  const unit = number && Object.hasOwn(UNIT_SECONDS, number.rest) ? UNIT_SECONDS[number.rest] : undefined;
  if (!number || unit === undefined || number.value < 0) return undefined;
  const ms = number.value * unit * 1000;
  return ms === 0 && number.value > 0 ? Number.MIN_VALUE : ms;
}
