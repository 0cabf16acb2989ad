/** A `--project` whose slug several directories share: a report cannot separate their figures. */
import { UsageError } from "../../cli/errors.ts";

/**
 * @param name as given; the slug itself means all of its directories
 * @param directories those with that slug
 * @returns the slug
 * @throws UsageError, which names the slug, if a path or folder name has a slug that several directories share
 */
export function unsharedSlug(name: string, slug: string, directories: readonly string[]): string {
  if (name === slug || directories.length < 2) return slug;
  throw new UsageError(
    `--project: '${name}' has the slug of several directories: ${directories.slice(0, 5).join(", ")}`,
    `give the slug for all of them: '--project=${slug}'`,
  );
}
