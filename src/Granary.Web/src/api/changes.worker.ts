/// <reference lib="webworker" />
import { watch, type ServerEvent } from './events';
import type { Problem } from './problem';

/** A tab tells which stream it follows; null: it follows none any more. */
export type Wish = { url: string; headers: Record<string, string> } | null;

/** What a tab is told of its stream. */
export type News = { event: ServerEvent } | { connected: boolean } | { refused: { status: number; title: string; detail: string } };

interface Stream {
    ports: Set<MessagePort>;
    close: () => void;
}

// One connection for all tabs of a key: a browser opens six to a server, and each tab needs some for its calls.
const streams = new Map<string, Stream>();

(self as unknown as SharedWorkerGlobalScope).onconnect = (connected) => {
    const port = connected.ports[0];
    if (port === undefined) return;
    let leave = () => {};
    port.onmessage = (message: MessageEvent<Wish>) => {
        leave();
        leave = message.data === null ? () => {} : join(port, message.data);
    };
};

function join(port: MessagePort, wish: NonNullable<Wish>): () => void {
    const name = JSON.stringify(wish);
    const stream = streams.get(name) ?? open(name, wish);
    stream.ports.add(port);
    return () => {
        stream.ports.delete(port);
        if (stream.ports.size === 0) end(name, stream);
    };
}

function open(name: string, wish: NonNullable<Wish>): Stream {
    const tell = (news: News) => stream.ports.forEach((port) => port.postMessage(news));
    const stream: Stream = { ports: new Set(), close: () => {} };
    streams.set(name, stream);
    stream.close = watch(wish.url, wish.headers, {
        onEvent: (event) => tell({ event }),
        onState: (connected) => tell({ connected }),
        onRefused: ({ status, title, detail }: Problem) => {
            end(name, stream);
            tell({ refused: { status, title, detail } });
        },
    });
    return stream;
}

function end(name: string, stream: Stream): void {
    stream.close();
    if (streams.get(name) === stream) streams.delete(name);
}
