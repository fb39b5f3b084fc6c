import { api, take } from '../../api/client';
import { useRange } from '../../api/range';
import { useQuery } from '../../api/useQuery';
import type { Stats } from './run';

/** Figures of the page's range, which the server computes; those of the whole run without a range, or until the answer is here. */
export function useFigures(run: string, whole: Stats | null, strategy?: string) {
    const { range, name, query } = useRange();
    const part = useQuery(range && `run/${run}/figures/${strategy ?? ''}/${name}`, () =>
        take(
            api.GET('/api/v1/runs/{id}/figures', { params: { path: { id: run }, query: { ...query, ...(strategy ? { strategy } : {}) } } }),
        ),
    );
    return {
        stats: (range === null ? whole : (part.data?.stats as Stats | undefined)) ?? {},
        isPart: range !== null,
        problem: range === null ? undefined : part.problem,
        missing: range === null ? undefined : (part.data?.missing ?? undefined),
    };
}
