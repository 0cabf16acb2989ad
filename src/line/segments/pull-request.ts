import { type IconName, icon } from "../look/icons.ts";
import { type Role, type Span, segment } from "../segment.ts";

export const pullRequest = segment({
  name: "pull-request",
  about: "The pull request of the branch and its review, as a link",
  source: "payload pr",
  absent: "the client sent no pull request",
  brief: "none",
  priority: 55,
  render(context) {
    const pr = context.payload.pullRequest;
    if (!pr) return undefined;
    const number: Span = { text: `${isMerge(pr.kind) ? "!" : "#"}${pr.number}`, role: "link" };
    const state = pr.reviewState?.toLowerCase() ?? "";
    const review = Object.hasOwn(REVIEWS, state) ? REVIEWS[state] : undefined;
    const sign = review?.sign && icon(context.config.icons, review.sign);
    return {
      role: "link",
      icon: "pullRequest",
      level: review?.role === "warn" ? "warn" : "normal",
      spans: review
        ? [number, { text: ` ${sign ?? review.word}`, role: review.role, marked: review.role === "warn" }]
        : [number],
      short: sign ? [number, { text: sign, role: review?.role ?? "link" }] : [number],
      link: pr.url,
    };
  },
});

const REVIEWS: Readonly<Record<string, { word: string; sign?: IconName; role: Role }>> = {
  approved: { word: "approved", sign: "approved", role: "good" },
  changes_requested: { word: "changes requested", role: "warn" },
  pending: { word: "in review", role: "muted" },
  review_required: { word: "in review", role: "muted" },
  draft: { word: "draft", role: "muted" },
  merged: { word: "merged", role: "good" },
  closed: { word: "closed", role: "muted" },
};

/** GitLab's merge requests are written "!12". */
const isMerge = (kind = ""): boolean => kind.toLowerCase().startsWith("m");
