/** The roles of a segment's parts: what a colour of a role applies to. */
import type { Config } from "../../config/config.ts";
import type { Terminal } from "../../line/context.ts";
import { resolveOptions } from "../../line/options.ts";
import { SAMPLE_NAMES, sampleContext } from "../../line/samples.ts";
import { ROLES, type Role } from "../../line/segment.ts";
import { findSegment } from "../../line/segments/index.ts";

/** Roles do not depend on it. */
const TERMINAL: Terminal = { cells: 200, colors: 0, links: false, background: "dark" };

const known = new WeakMap<Config, Map<string, readonly Role[]>>();

/** @returns the roles that a segment has in the sample sessions, in the order of ROLES */
export function rolesOf(reference: string, config: Config): readonly Role[] {
  const all = known.get(config) ?? new Map<string, readonly Role[]>();
  known.set(config, all);
  const found = all.get(reference) ?? findRoles(reference, config);
  all.set(reference, found);
  return found;
}

function findRoles(reference: string, config: Config): readonly Role[] {
  const found = findSegment(reference);
  if (!found) return [];
  const { segment, argument } = found;
  const own = config.segments[reference] ?? config.segments[segment.name];
  const options = resolveOptions(segment.options, segment.levels, own);
  const roles = new Set<Role>(segment.levels ? ["warn", "critical"] : []);
  for (const sample of SAMPLE_NAMES) {
    const piece = segment.render(sampleContext(sample, TERMINAL, config), options, argument);
    if (piece) for (const role of [piece.role, ...piece.spans.map((span) => span.role)]) roles.add(role);
  }
  return ROLES.filter((role) => roles.has(role));
}

/** @returns the line's segments that have this role, without repetition */
export const segmentsWith = (role: Role, config: Config): string[] => [
  ...new Set(
    config.rows
      .flatMap(({ left, right = [] }) => [...left, ...right])
      .filter((reference) => rolesOf(reference, config).includes(role)),
  ),
];
