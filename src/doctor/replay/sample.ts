/** A payload as Claude Code 2.1.331 sends it, for where no real one has been seen yet. */

/** @param now Unix milliseconds; @param cwd the session's directory */
export function samplePayload(cwd: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return JSON.stringify({
    session_id: "00000000-0000-4000-8000-000000000000",
    transcript_path: `${cwd}/no-transcript.jsonl`,
    cwd,
    model: { id: "claude-sonnet-5-5", display_name: "Sonnet 5.5" },
    workspace: { current_dir: cwd, project_dir: cwd, added_dirs: [] },
    version: "2.1.331",
    output_style: { name: "default" },
    effort: { level: "medium" },
    cost: {
      total_cost_usd: 1.25,
      total_duration_ms: 600_000,
      total_api_duration_ms: 90_000,
      total_lines_added: 120,
      total_lines_removed: 30,
    },
    context_window: {
      total_input_tokens: 65_000,
      total_output_tokens: 420,
      context_window_size: 1_000_000,
      current_usage: {
        input_tokens: 12,
        output_tokens: 420,
        cache_creation_input_tokens: 4_000,
        cache_read_input_tokens: 61_000,
      },
      used_percentage: 7,
      remaining_percentage: 93,
    },
    exceeds_200k_tokens: false,
    rate_limits: {
      five_hour: { used_percentage: 23.5, resets_at: seconds + 7_200 },
      seven_day: { used_percentage: 41.2, resets_at: seconds + 300_000 },
    },
  });
}
