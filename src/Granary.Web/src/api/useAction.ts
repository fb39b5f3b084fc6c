import { useCallback, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from './problem';

export interface Action<A extends unknown[]> {
    run: (...args: A) => void;
    /** The call has not come back yet. */
    busy: boolean;
    problem: Problem | undefined;
}

/** A call that changes something: it is busy until it comes back, and its problem is kept until the next one. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<void>): Action<A> {
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const latest = useRef(act);
    latest.current = act;
    const run = useCallback((...args: A) => {
        setBusy(true);
        setProblem(undefined);
        latest
            .current(...args)
            .catch((e: unknown) => setProblem(asProblem(e)))
            .finally(() => setBusy(false));
    }, []);
    return { run, busy, problem };
}
