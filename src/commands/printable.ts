/** @returns the text without what a terminal would act on or turn around: controls, escapes, bidirectional overrides */
export const printable = (text: string): string =>
  text.replace(/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "?");
