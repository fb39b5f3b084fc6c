import { useCallback, useEffect, useState } from 'preact/hooks';
import { useChanges } from '../../api/changes';
import { api, online, take, type Schemas } from '../../api/client';
import { key } from '../../api/key';
import { asProblem, type Problem } from '../../api/problem';

type Run = Schemas['RunSummary'];

const firstPage = 200;
const nextPages = 1000;

/** All runs of the server, the newest first: the first page is there at once, and the others come behind it. */
export function useAllRuns() {
    const [state, setState] = useState<{ items?: Run[]; complete: boolean; problem?: Problem }>({ complete: false });
    const [round, setRound] = useState(0);
    const reload = useCallback(() => setRound((r) => r + 1), []);
    useChanges(['run'], reload);
    const reachable = online.value;
    const caller = key.value;
    useEffect(() => {
        let stopped = false;
        const load = async () => {
            const items: Run[] = [];
            for (let cursor: string | undefined, limit = firstPage; ; limit = nextPages) {
                const query = { limit, ...(cursor === undefined ? {} : { cursor }) };
                const page = await take(api.GET('/api/v1/runs', { params: { query } }));
                if (stopped) return;
                items.push(...page.items);
                cursor = page.next ?? undefined;
                // While runs load again, the list stays as long as it was.
                setState((s) => ({
                    items: cursor !== undefined && (s.items?.length ?? 0) > items.length ? (s.items ?? []) : [...items],
                    complete: cursor === undefined,
                }));
                if (cursor === undefined) return;
            }
        };
        load().catch((e: unknown) => {
            if (!stopped) setState((s) => ({ ...s, problem: asProblem(e) }));
        });
        return () => {
            stopped = true;
        };
    }, [round, reachable, caller]);
    return { ...state, reload };
}
