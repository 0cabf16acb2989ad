import { PARTS, type PartName } from "../../state/schema.ts";
import { tidy } from "../clean.ts";
import { partOf } from "../parts.ts";
import { segment } from "../segment.ts";

export const health = segment({
  name: "health",
  about:
    "What is wrong with the line itself: the configuration, the payload, figures that could not be gathered",
  source: "the configuration, the payload, the errors in the state",
  absent: "all is well",
  priority: 78,
  render(context) {
    const troubles: string[] = [];
    if (context.payloadError !== undefined) troubles.push(tidy(context.payloadError));
    if (context.settingsError !== undefined) troubles.push(`config: ${tidy(context.settingsError)}`);
    let failing = "";
    for (const name in PARTS)
      if (partOf(context, name as PartName)?.error !== undefined)
        failing += failing === "" ? name : `, ${name}`;
    if (failing !== "") troubles.push(`${failing} failing`);
    if (troubles.length === 0) return undefined;
    return {
      role: "warn",
      level: "warn",
      spans: [{ text: troubles.join("; "), role: "warn", elastic: 12 }],
      short: [{ text: "plimsoll doctor", role: "warn" }],
    };
  },
});
