/** Servers of a release: a valid one, and one that sends given bytes. */
import type { Release } from "./release.ts";

/** A local server, until disposed. */
export interface Server extends Disposable {
  readonly address: string;
  /** The requested paths, in order. */
  readonly asked: string[];
}

/** Serve a release below `folder` ("/" unless given); anything else is a 404. */
export function serve(files: Release, folder = "/"): Server {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      const name = pathname.startsWith(folder) ? pathname.slice(folder.length) : "";
      const content = files[name];
      return content === undefined ? new Response("no such file", { status: 404 }) : new Response(content);
    },
  });
  return {
    address: `http://127.0.0.1:${server.port}`,
    asked,
    [Symbol.dispose]: () => {
      server.stop(true);
    },
  };
}

/** A server's response to a path, and whether it then closes the connection or stalls. */
export interface Sent {
  readonly bytes: string | Uint8Array;
  readonly end: "close" | "silence";
}

/** Send exactly the bytes of `answer`, including the head. */
export function serveRaw(answer: (path: string) => Sent): Server {
  const asked: string[] = [];
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket, request) {
        const path = request.toString("latin1").split(" ")[1] ?? "";
        asked.push(path);
        const { bytes, end } = answer(path);
        socket.write(bytes);
        if (end === "close") socket.end();
      },
    },
  });
  return {
    address: `http://127.0.0.1:${server.port}`,
    asked,
    [Symbol.dispose]: () => {
      server.stop(true);
    },
  };
}

/** @returns a response's bytes: status line, length (unless it is left out), and as much content as is given */
export function response(content: string | Uint8Array, { length }: { length?: number }): Uint8Array {
  const head = `HTTP/1.1 200 OK\r\nConnection: close\r\n${length === undefined ? "" : `Content-Length: ${length}\r\n`}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(content as string)]);
}
