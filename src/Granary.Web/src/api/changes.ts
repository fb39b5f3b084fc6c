import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { News, Wish } from './changes.worker';
import { online, prefix } from './client';
import { watch, type Subscription } from './events';
import { authorization, key } from './key';
import { Problem } from './problem';

/** Something in a collection of the server has changed. */
export interface Change {
    kind: 'job' | 'run' | 'weights' | 'session' | 'deployment';
    id: string;
    /** A job's or run's state, a session's phase, the version of weights, what was done to a deployment; or removed. */
    state: string;
    at: string;
}

/** The connection is back, or the server has forgotten what was missed: everything may have changed. */
export const everything = 'everything';

type Listener = (change: Change | typeof everything) => void;

const listeners = new Set<Listener>();
let stop: (() => void) | undefined;

/** Follows the changes of the server until the returned function is called. All tabs of a browser share one connection. */
export function onChange(listener: Listener): () => void {
    listeners.add(listener);
    stop ??= connect();
    return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
    };
}

function notify(change: Change | typeof everything): void {
    for (const listener of listeners) listener(change);
}

// Another key is another caller.
function connect(): () => void {
    let close = () => {};
    const dispose = effect(() => {
        void key.value;
        close();
        close = open();
    });
    return () => {
        dispose();
        close();
    };
}

function open(): () => void {
    let lost = false;
    let close = () => {};
    const reopen = () => {
        close();
        close = subscribe({
            onEvent: (e) => {
                if (e.kind !== 'revision') notify(JSON.parse(e.data) as Change);
            },
            onState: (connected) => {
                if (connected && lost) notify(everything);
                lost = !connected;
                if (lost) online.value = false;
            },
            onRefused: (problem) => {
                // The changes after our last one are not known any more.
                if (problem.status !== 410) return;
                reopen();
                notify(everything);
            },
        });
    };
    reopen();
    return () => close();
}

// The worker connects once for all tabs. A page that the browser keeps to go back to follows nothing until it is shown again.
function subscribe(subscription: Subscription): () => void {
    const wish: Wish = { url: location.origin + prefix + '/events', headers: authorization() };
    if (!('SharedWorker' in window)) return watch(wish.url, wish.headers, subscription);
    const { port } = new SharedWorker(new URL('./changes.worker.ts', import.meta.url), { type: 'module', name: 'granary' });
    port.onmessage = ({ data }: MessageEvent<News>) => {
        if ('event' in data) subscription.onEvent(data.event);
        else if ('connected' in data) subscription.onState?.(data.connected);
        else subscription.onRefused?.(new Problem(data.refused.status, data.refused.title, data.refused.detail));
    };
    const join = () => port.postMessage(wish);
    const leave = () => port.postMessage(null);
    const back = (e: PageTransitionEvent) => {
        if (!e.persisted) return;
        join();
        notify(everything);
    };
    join();
    addEventListener('pagehide', leave);
    addEventListener('pageshow', back);
    return () => {
        leave();
        port.close();
        removeEventListener('pagehide', leave);
        removeEventListener('pageshow', back);
    };
}

/** Calls `reload` when something of these kinds has changed; several changes at once are one call. */
export function useChanges(kinds: readonly Change['kind'][], reload: () => void): void {
    const latest = useRef(reload);
    latest.current = reload;
    const wanted = kinds.join();
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const leave = onChange((change) => {
            if (change !== everything && !wanted.split(',').includes(change.kind)) return;
            clearTimeout(timer);
            timer = setTimeout(() => latest.current(), 150);
        });
        return () => {
            clearTimeout(timer);
            leave();
        };
    }, [wanted]);
}
