import { segment } from "../segment.ts";

export const directory = segment({
  name: "directory",
  about: "The session's current directory",
  source: "payload workspace.current_dir",
  absent: "the client sent no directory",
  brief: "not sent",
  priority: 66,
  options: {
    form: {
      default: "home",
      choices: ["home", "full", "base", "fish"],
      about: "~ for the home directory, the full path, the last name only, or parents by their first letter",
    },
  },
  render(context, { form }) {
    const path = context.payload.cwd;
    if (path === undefined) return undefined;
    const home = abbreviateHome(path, context.home);
    const base = baseName(home);
    const text = form === "home" ? home : form === "full" ? path : form === "base" ? base : fish(home);
    return {
      role: "directory",
      icon: "directory",
      spans: [{ text, role: "directory", elastic: 16 }],
      short: [{ text: base, role: "directory", elastic: 8 }],
    };
  },
});

/** @returns a path with `~` for the home directory */
export function abbreviateHome(path: string, home: string | undefined): string {
  if (home === undefined || home === "/" || home === "") return path;
  if (path === home) return "~";
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function baseName(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end -= 1;
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end) || "/";
}

/** As fish's prompt_pwd: parents by their first letter, hidden ones by two. */
const fish = (path: string): string => path.replace(/(\.?[^/])[^/]*\//gu, "$1/");
