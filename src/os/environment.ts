/** Environment variables as one plain value, so that only the entry reads `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;
