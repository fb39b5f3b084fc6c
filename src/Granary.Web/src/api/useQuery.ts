import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { online } from './client';
import { key } from './key';
import { asProblem, type Problem } from './problem';

export interface Query<T> {
    /** The last answer; it stays while the next one loads, so that nothing jumps. */
    data: T | undefined;
    problem: Problem | undefined;
    loading: boolean;
    reload: () => void;
}

/** The last answers by name: going back to a view shows it at once, and brings it up to date behind. */
const answers = new Map<string, unknown>();
const mostAnswers = 60;

function remember(name: string, data: unknown): void {
    answers.delete(name);
    answers.set(name, data);
    const oldest = answers.keys().next();
    if (answers.size > mostAnswers && !oldest.done) answers.delete(oldest.value);
}

/**
 * Loads what a view shows.
 * @param name Which data it is; another name loads other data. null loads nothing.
 * @param every Milliseconds after which it loads again; 0 for never.
 */
export function useQuery<T>(name: string | null, load: (stop: AbortSignal) => Promise<T>, every = 0): Query<T> {
    const [state, setState] = useState<{ name: string | null; data: T | undefined; problem: Problem | undefined; loading: boolean }>(
        () => ({
            name,
            data: name === null ? undefined : (answers.get(name) as T | undefined),
            problem: undefined,
            loading: name !== null,
        }),
    );
    const [round, setRound] = useState(0);
    const latest = useRef(load);
    latest.current = load;
    const reachable = online.value;
    const caller = key.value;

    // Before the first paint, so that the server answers while the browser draws.
    useLayoutEffect(() => {
        if (name === null) return;
        const stop = new AbortController();
        let timer: ReturnType<typeof setTimeout> | undefined;
        setState((s) => ({
            name,
            data: s.name === name ? s.data : (answers.get(name) as T | undefined),
            problem: undefined,
            loading: true,
        }));
        const run = async () => {
            try {
                const data = await latest.current(stop.signal);
                if (stop.signal.aborted) return;
                remember(name, data);
                setState({ name, data, problem: undefined, loading: false });
            } catch (e) {
                if (stop.signal.aborted) return;
                setState((s) => ({ ...s, problem: asProblem(e), loading: false }));
            }
            if (every > 0) timer = setTimeout(() => void run(), every);
        };
        void run();
        return () => {
            stop.abort();
            clearTimeout(timer);
        };
    }, [name, every, round, caller, reachable]);

    const reload = useCallback(() => setRound((r) => r + 1), []);
    const current = state.name === name ? state : { data: undefined, problem: undefined, loading: name !== null };
    return { data: current.data, problem: current.problem, loading: current.loading, reload };
}

/** Loads again when a version changes, at most twice a second and one answer after the other. */
export function useVersion(query: Query<unknown>, version: number): void {
    const latest = useRef({ query, version });
    latest.current = { query, version };
    useEffect(() => {
        let seen = latest.current.version;
        const timer = setInterval(() => {
            const now = latest.current;
            if (now.version === seen || now.query.loading) return;
            seen = now.version;
            now.query.reload();
        }, 500);
        return () => clearInterval(timer);
    }, []);
}

/** Loads a query again a second after each answer, while the job or session that it shows runs. */
export function useRepeated<T>({ data, problem, loading, reload }: Query<T>, isRunning: boolean): void {
    useEffect(() => {
        if (!isRunning || loading) return;
        const timer = setTimeout(reload, 1000);
        return () => clearTimeout(timer);
    }, [isRunning, loading, data, problem, reload]);
}
