import { segment } from "../segment.ts";

export const repo = segment({
  name: "repo",
  about: "The repository, by its name on the host",
  source: "payload workspace.repo",
  absent: "the client sent no repository",
  brief: "not sent",
  priority: 20,
  render({ payload: { repo } }) {
    if (repo?.name === undefined) return undefined;
    const { host, owner, name } = repo;
    const short = [{ text: name, role: "link", elastic: 8 }] as const;
    return {
      role: "link",
      spans: owner === undefined ? short : [{ text: `${owner}/${name}`, role: "link", elastic: 12 }],
      short,
      ...(host !== undefined && owner !== undefined ? { link: `https://${host}/${owner}/${name}` } : {}),
    };
  },
});
