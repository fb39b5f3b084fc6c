import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { online } from './client';
import { key } from './key';
import { asProblem, type Problem } from './problem';

export interface RowPage<T> {
    items: T[];
    total: number;
    /** The number of the first row, from 0; without it the one that was asked for. */
    position?: number;
}

/** Rows of a list of which only some are here. */
export interface Rows<T> {
    total: number;
    /** A row by its number; undefined until it is here. */
    row: (index: number) => T | undefined;
    /** Says which rows are in sight, so that they are loaded. */
    see: (first: number, last: number) => void;
}

/** Rows of a page. */
export const pageSize = 100;

interface State<T> {
    of: string;
    total: number;
    pages: Map<number, T[]>;
    /** The number of the row that a jump led to. */
    position: number;
}

/**
 * A list that the server sorts and filters. Any part of it can be in sight: its pages are loaded then.
 * @param of Which list it is; another name loads another list.
 * @param load Loads the page that begins with a row; without a number the first page, or that of a jump.
 * @param pause Milliseconds to wait before another list is loaded, so that typing does not ask with each letter.
 * @param version A new one loads the rows in sight again, because the list has grown: at most twice a second, and only at
 * its beginning.
 */
export function useRows<T>(of: string, load: (first: number | undefined) => Promise<RowPage<T>>, pause: number, version = '') {
    const [state, setState] = useState<State<T>>();
    const [failed, setFailed] = useState<{ of: string; problem: Problem }>();
    const [round, setRound] = useState(0);
    const name = `${of}|${round}|${online.value}|${key.value}`;
    const latest = useRef({ name, load });
    latest.current = { name, load };
    const asked = useRef(new Set<string>());
    const read = useCallback(
        async (first: number | undefined) => {
            const page = `${name}|${first ?? ''}`;
            if (asked.current.has(page)) return;
            asked.current.add(page);
            try {
                const found = await latest.current.load(first);
                if (latest.current.name !== name) return;
                const position = found.position ?? first ?? 0;
                setState((s) => {
                    const pages = s?.of === name ? new Map(s.pages) : new Map<number, T[]>();
                    // A jump can begin within a page: its rows are put where they belong.
                    found.items.forEach((item, i) => {
                        const at = position + i;
                        const number = Math.floor(at / pageSize);
                        const rows = pages.get(number)?.slice() ?? [];
                        rows[at % pageSize] = item;
                        pages.set(number, rows);
                    });
                    return { of: name, total: found.total, pages, position: first === undefined ? position : (s?.position ?? 0) };
                });
                setFailed(undefined);
            } catch (e) {
                asked.current.delete(page);
                if (latest.current.name === name) setFailed({ of: name, problem: asProblem(e) });
            }
        },
        [name],
    );
    // Before the first paint: the page is often here already. Later lists wait until the typing pauses.
    const isFirst = useRef(true);
    useLayoutEffect(() => {
        const timer = isFirst.current ? undefined : setTimeout(() => void read(undefined), pause);
        if (isFirst.current) void read(undefined);
        isFirst.current = false;
        return () => clearTimeout(timer);
    }, [read, pause]);
    const shown = useRef(state);
    shown.current = state;
    const sight = useRef({ first: 0, last: 0 });
    // The rows in sight stay until the new ones are here; all others are loaded when they come into sight.
    const renew = useCallback(async () => {
        if (shown.current?.of !== name) return;
        const [first, last] = [Math.floor(sight.current.first / pageSize), Math.floor(sight.current.last / pageSize)];
        const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
        try {
            const found = await Promise.all(numbers.map((n) => latest.current.load(n * pageSize)));
            if (latest.current.name !== name) return;
            asked.current = new Set(numbers.map((n) => `${name}|${n * pageSize}`));
            setState((s) => ({
                of: name,
                total: found[0]?.total ?? 0,
                pages: new Map(found.map((f, i) => [first + i, f.items])),
                position: s?.position ?? 0,
            }));
            setFailed(undefined);
        } catch (e) {
            if (latest.current.name === name) setFailed({ of: name, problem: asProblem(e) });
        }
    }, [name]);
    const newest = useRef(version);
    newest.current = version;
    const grows = version !== '';
    useEffect(() => {
        if (!grows) return undefined;
        let seen = newest.current;
        let busy = false;
        const timer = setInterval(() => {
            // Rows that the user has scrolled or jumped to stay where they are.
            if (newest.current === seen || busy || sight.current.first > 0) return;
            seen = newest.current;
            busy = true;
            void renew().finally(() => (busy = false));
        }, 500);
        return () => clearInterval(timer);
    }, [renew, grows]);
    const see = useCallback(
        (first: number, last: number) => {
            sight.current = { first, last };
            const own = shown.current;
            if (own?.of !== name) return;
            for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) {
                const rows = own.pages.get(page);
                const least = Math.min(pageSize, own.total - page * pageSize);
                if (least > 0 && (rows === undefined || !Array.from({ length: least }, (_, i) => rows[i]).every((r) => r !== undefined)))
                    void read(page * pageSize);
            }
        },
        [name, read],
    );
    const rows: Rows<T> | undefined = state && {
        total: state.total,
        row: (i) => state.pages.get(Math.floor(i / pageSize))?.[i % pageSize],
        see,
    };
    return {
        rows,
        position: state?.of === name ? state.position : undefined,
        problem: failed?.of === name ? failed.problem : undefined,
        reload: useCallback(() => setRound((r) => r + 1), []),
    };
}
