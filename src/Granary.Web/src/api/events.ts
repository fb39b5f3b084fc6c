import { Problem, problemOf } from './problem';

/** One server-sent event. */
export interface ServerEvent {
    id: string;
    kind: string;
    data: string;
}

/** Cuts a stream of text into server-sent events; comments are left out. */
export class EventParser {
    private rest = '';

    push(text: string): ServerEvent[] {
        const blocks = (this.rest + text).replaceAll('\r\n', '\n').split('\n\n');
        this.rest = blocks.pop() ?? '';
        return blocks.flatMap((block) => {
            const event: ServerEvent = { id: '', kind: 'message', data: '' };
            const data: string[] = [];
            for (const line of block.split('\n')) {
                const colon = line.indexOf(':');
                if (colon <= 0) continue;
                const value = line.slice(colon + 1).replace(/^ /, '');
                const field = line.slice(0, colon);
                if (field === 'id') event.id = value;
                else if (field === 'event') event.kind = value;
                else if (field === 'data') data.push(value);
            }
            event.data = data.join('\n');
            return data.length > 0 ? [event] : [];
        });
    }
}

export interface Subscription {
    onEvent: (event: ServerEvent) => void;
    /** The connection is up (true) or lost and tried again (false). */
    onState?: (connected: boolean) => void;
    /** The server refused the subscription; it is not tried again. */
    onRefused?: (problem: Problem) => void;
}

/**
 * Watches a stream of events until the returned function is called. It reads with fetch, so that the key goes in a header, and connects
 * again after 1, 2, 4, up to 15 seconds with the id of the last event.
 */
export function watch(url: string, headers: Record<string, string>, subscription: Subscription): () => void {
    const stop = new AbortController();
    void follow(url, headers, subscription, stop.signal);
    return () => stop.abort();
}

async function follow(url: string, headers: Record<string, string>, subscription: Subscription, stop: AbortSignal): Promise<void> {
    let last = '';
    let wait = 1000;
    while (!stop.aborted) {
        try {
            const all: Record<string, string> = { ...headers, Accept: 'text/event-stream' };
            if (last !== '') all['Last-Event-ID'] = last;
            const response = await fetch(url, { headers: all, signal: stop, cache: 'no-store' });
            if (!response.ok) {
                const problem = await problemOf(response);
                if (response.status < 500) {
                    subscription.onRefused?.(problem);
                    return;
                }
                throw problem;
            }
            subscription.onState?.(true);
            wait = 1000;
            for await (const event of eventsOf(response)) {
                if (event.id !== '') last = event.id;
                subscription.onEvent(event);
            }
        } catch {
            if (stop.aborted) return;
        }
        if (stop.aborted) return;
        subscription.onState?.(false);
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(wait * 2, 15_000);
    }
}

async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) return;
    const parser = new EventParser();
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield* parser.push(value);
    }
}
