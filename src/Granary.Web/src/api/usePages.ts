import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { online } from './client';
import { key } from './key';
import { asProblem, type Problem } from './problem';

export interface Page<T> {
    items: T[];
    total: number;
    next?: string | null;
}

/**
 * A list that the server sorts and filters, page by page.
 * @param of Which list it is; another name loads another list.
 * @param load Loads a page; it is called with the cursor of the page, undefined for the first.
 * @param pause Milliseconds to wait before another list is loaded, so that typing does not ask with each letter.
 */
export function usePages<T>(of: string, load: (cursor: string | undefined) => Promise<Page<T>>, pause: number) {
    const [rows, setRows] = useState<Page<T> & { of: string }>();
    const [failed, setFailed] = useState<{ of: string; problem: Problem }>();
    const [round, setRound] = useState(0);
    const name = `${of}|${round}|${online.value}|${key.value}`;
    const latest = useRef({ name, load });
    latest.current = { name, load };
    const loading = useRef('');
    const read = useCallback(
        async (before: (Page<T> & { of: string }) | undefined) => {
            const page = `${name}|${before?.next ?? ''}`;
            if (loading.current === page) return;
            loading.current = page;
            try {
                const found = await latest.current.load(before?.next ?? undefined);
                if (latest.current.name !== name) return;
                setRows({ ...found, of: name, items: [...(before?.items ?? []), ...found.items] });
                setFailed(undefined);
            } catch (e) {
                loading.current = '';
                if (latest.current.name === name) setFailed({ of: name, problem: asProblem(e) });
            }
        },
        [name],
    );
    // Before the first paint: the page is often here already. Later lists wait until the typing pauses.
    const first = useRef(true);
    useLayoutEffect(() => {
        const timer = first.current ? undefined : setTimeout(() => void read(undefined), pause);
        if (first.current) void read(undefined);
        first.current = false;
        return () => clearTimeout(timer);
    }, [read, pause]);
    const more = useCallback(() => {
        if (rows?.next && rows.of === name) void read(rows);
    }, [rows, name, read]);
    const reload = useCallback(() => setRound((r) => r + 1), []);
    return { rows, problem: failed?.of === name ? failed.problem : undefined, more, reload };
}
