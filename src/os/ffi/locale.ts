/** setlocale(3), nl_langinfo(3): whether the user's locale is UTF-8. */
import { cString, group, ON_MAC } from "./library.ts";

const calls = group({
  setlocale: { args: ["i32", "ptr"], returns: "ptr" },
  nl_langinfo: { args: ["i32"], returns: "cstring" },
});
const LC_CTYPE = ON_MAC ? 2 : 0;
const CODESET = ON_MAC ? 0 : 14;

/** Whether text of any language can be shown: the locale is installed, and its encoding is UTF-8. */
export function localeIsUtf8(): boolean {
  calls().setlocale(LC_CTYPE, cString(""));
  return /^utf-?8$/i.test(String(calls().nl_langinfo(CODESET)));
}
