import { PARTS, type PartName } from "../../state/parts.ts";
import { tidy } from "../layout/clean.ts";
import { isFailing, partOf } from "../parts.ts";
import { type Span, segment } from "../segment.ts";

export const health = segment({
  name: "health",
  about:
    "Errors of the line itself: the configuration, the payload, figures that could not be gathered, a ledger that lost data",
  source: "the configuration, the payload, the errors in the state",
  absent: "no errors",
  priority: 78,
  render(context) {
    const spans: Span[] = [];
    let brief = "";
    const add = (text: string, word: string) => {
      spans.push({ text: spans.length > 0 ? `; ${text}` : text, role: "warn", elastic: 30 });
      brief += brief === "" ? word : `, ${word}`;
    };
    if (context.payloadError !== undefined) add(tidy(context.payloadError), "payload");
    if (context.configError !== undefined) add(`config: ${tidy(context.configError)}`, "config");
    let failing = "";
    for (const name of Object.keys(PARTS))
      if (isFailing(partOf(context, name as PartName))) failing += failing === "" ? name : `, ${name}`;
    if (failing !== "") add(`${failing} failing`, failing);
    if (brief !== "") brief += " failing";
    const notice = context.account?.parts.usage?.value?.notice;
    if (notice !== undefined) add(`ledger: ${tidy(notice)}`, "ledger lost data");
    if (spans.length === 0) return undefined;
    return { role: "warn", level: "warn", spans, short: [{ text: brief, role: "warn" }] };
  },
});
