/**
 * A stand-in for the Messages API on the loopback interface, for the pictures of the real client: two answers to two
 * prompts, usage and limits as a working day has them.
 *
 *   bun api.ts PORT
 */

/** The model's replies. The second one makes the client write a file first. */
const ANSWERS = {
  first:
    "`tides.ts` adds the offset of the harbour to times that are local already. Low water is an hour late in winter, two in summer.",
  beforeWriting: "I'll take the offset out, and write the test first.",
  afterWriting: "The test holds a summer and a winter day. It fails now, as it should; next is `tides.ts`.",
} as const;

const TEST_FILE = `import { expect, test } from "bun:test";
import { lowWater } from "./tides.ts";

test("low water is local time, in winter and in summer", () => {
  expect(lowWater("2026-01-14")).toBe("04:52");
  expect(lowWater("2026-07-14")).toBe("06:10");
});
`;

type Block = { type: "text"; text: string } | { type: "tool_use"; id: string; name: string; input: object };

interface Request {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly {
    role: string;
    content: string | readonly { type: string; text?: string }[];
  }[];
}

/** As make.sh types it. */
const SECOND_PROMPT = "fix it, with a test";

/** The next reply to the newest prompt. */
function answer({ messages = [] }: Request): Block[] {
  const blocks = messages.flatMap(({ content }) =>
    typeof content === "string" ? [{ type: "text", text: content }] : content,
  );
  if (blocks.at(-1)?.type === "tool_result") return [{ type: "text", text: ANSWERS.afterWriting }];
  if (!blocks.some(({ text }) => text === SECOND_PROMPT)) return [{ type: "text", text: ANSWERS.first }];
  const input = { file_path: `${process.env.REPOSITORY}/tides.test.ts`, content: TEST_FILE };
  return [
    { type: "text", text: ANSWERS.beforeWriting },
    { type: "tool_use", id: `toolu_01${crypto.randomUUID().slice(0, 8)}`, name: "Write", input },
  ];
}

/** @param replies how many came before: the context grows with each */
function* events(model: string, blocks: readonly Block[], replies: number): Generator<[string, object]> {
  const usage = {
    input_tokens: 240,
    cache_creation_input_tokens: 9_400,
    cache_read_input_tokens: 318_000 + 9_400 * replies,
    cache_creation: { ephemeral_5m_input_tokens: 9_400, ephemeral_1h_input_tokens: 0 },
    output_tokens: 1_850,
  };
  const message = {
    id: `msg_01${crypto.randomUUID()}`,
    type: "message",
    role: "assistant",
    model,
    content: [],
  };
  yield [
    "message_start",
    {
      message: { ...message, stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } },
    },
  ];
  for (const [index, block] of blocks.entries()) {
    const isText = block.type === "text";
    yield [
      "content_block_start",
      { index, content_block: isText ? { ...block, text: "" } : { ...block, input: {} } },
    ];
    const delta = isText
      ? { type: "text_delta", text: block.text }
      : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
    yield ["content_block_delta", { index, delta }];
    yield ["content_block_stop", { index }];
  }
  const stop_reason = blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
  yield [
    "message_delta",
    { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: usage.output_tokens } },
  ];
  yield ["message_stop", {}];
}

/** The client reads the account's limits from these. */
function limits(): Record<string, string> {
  const now = Math.floor(Date.now() / 1000);
  const values = {
    status: "allowed",
    "representative-claim": "five_hour",
    reset: now + 7_400,
    "5h-status": "allowed",
    "5h-utilization": 0.38,
    "5h-reset": now + 7_400,
    "7d-status": "allowed",
    "7d-utilization": 0.61,
    "7d-reset": now + 262_000,
    "overage-status": "rejected",
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`anthropic-ratelimit-unified-${name}`, `${value}`]),
  );
}

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path.endsWith("/count_tokens")) return Response.json({ input_tokens: 1_234 });
    if (!path.endsWith("/messages")) return Response.json({});
    const asked = (await request.json()) as Request;
    const model = asked.model ?? "";
    const blocks = answer(asked);
    if (!asked.stream) {
      const usage = { input_tokens: 1, output_tokens: 1 };
      return Response.json({
        id: "msg_01",
        type: "message",
        role: "assistant",
        model,
        content: blocks.slice(0, 1),
        stop_reason: "end_turn",
        usage,
      });
    }
    const replies = asked.messages?.filter(({ role }) => role === "assistant").length ?? 0;
    const lines = [...events(model, blocks, replies)].map(
      ([type, data]) => `event: ${type}\ndata: ${JSON.stringify({ ...data, type })}\n\n`,
    );
    return new Response(lines.join(""), { headers: { "content-type": "text/event-stream", ...limits() } });
  },
});
