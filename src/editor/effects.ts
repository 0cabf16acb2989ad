/** Effects: what the state machine requests from outside, on files and Claude Code's settings. settle.ts runs them. */

/** How often Claude Code redraws the line at least, in seconds; undefined: as it is, or the default. */
type Refresh = number | undefined;

/** What installing or removing would change. */
export interface InstallPlan {
  /** The change removes our line. */
  readonly removes?: boolean;
  /** As asked for, else as it is in the settings after the change. */
  readonly refresh: Refresh;
  /** Claude Code's settings file. */
  readonly path: string;
  /** "none": no status line yet; "other": another program's. */
  readonly present: "ours" | "none" | "other";
  /** The change as a diff: each line begins with "+", "-" or a space. Empty: nothing to do. */
  readonly diff: readonly string[];
  /** The other program's status line. */
  readonly other?: string;
}

export type Effect =
  | {
      readonly kind: "save";
      readonly text: string;
      /** What the file had; undefined when it did not exist. */
      readonly expected: string | undefined;
      /** Overwrite a file that has changed since. */
      readonly force: boolean;
      readonly leave: boolean;
    }
  | { readonly kind: "import"; readonly path: string }
  | { readonly kind: "export"; readonly path: string; readonly text: string; readonly overwrite: boolean }
  | { readonly kind: "complete"; readonly path: string }
  | { readonly kind: "plan-install"; readonly refresh: Refresh }
  | { readonly kind: "plan-uninstall" }
  | { readonly kind: "install"; readonly replace: boolean; readonly refresh: Refresh }
  | { readonly kind: "uninstall" };

/** An error message, for the user. */
interface Failed {
  readonly error: string;
}

type SaveResult = { readonly report: string } | { readonly changed: "edited" | "removed" } | Failed;
type ReadResult = { readonly path: string; readonly text: string } | Failed;
type ExportResult = { readonly path: string } | { readonly exists: string } | Failed;

/** Services for the editor. They neither throw nor reject. */
export interface EditorServices {
  save(text: string, expected: string | undefined, force: boolean): Promise<SaveResult>;
  /** @param path as typed: "~" is the home directory */
  read(path: string): ReadResult;
  /** @param path as typed */
  write(path: string, text: string, overwrite: boolean): ExportResult;
  /** @returns the path with what all names that it begins have in common, and these names; directories end in "/" */
  complete(path: string): { readonly path: string; readonly names: readonly string[] } | Failed;
  planInstall(refresh: Refresh): Promise<InstallPlan | Failed>;
  planUninstall(): Promise<InstallPlan | Failed>;
  install(replace: boolean, refresh: Refresh): Promise<{ readonly report: string } | Failed>;
  uninstall(): Promise<{ readonly report: string } | Failed>;
}
