import { useLocation } from 'preact-iso';
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem';
import { useSearch } from '../../api/useSearch';
import { SelectField, TextField } from '../../components/Field';
import { Empty, Failed, Loading } from '../../components/States';
import { DataTable, type Sorting } from '../../components/Table';
import { counted } from '../../format/numbers';
import { strategyColumns } from './columns';
import { loadStrategies, runPath, type RunDetails, type Strategy } from './run';

const pageSize = 100;

interface Rows {
    of: string;
    items: Strategy[];
    total: number;
    next: string | null;
}

/** The condition of the address that a text of the search field stands for: a condition as it is, any other text a part of the id. */
export function filterOf(text: string): string {
    const parts = text.split(',').map((p) => p.trim());
    return parts.flatMap((p) => (p === '' ? [] : [/[<>=~]/.test(p) ? p : `id~${p}`])).join(',');
}

/** The order and the conditions of an address. */
export function askedBy(search: Record<string, string | undefined>): { sort: string; filter: string; limit: number } {
    const filter = [filterOf(search.find ?? ''), search.weighted === 'yes' ? 'weight>0' : ''].filter((f) => f !== '').join(',');
    return { sort: search.sort ?? '-sharpe', filter, limit: pageSize };
}

/** All strategies of a run: the server sorts and filters, the table loads pages as one scrolls. */
export function StrategyList(props: { run: RunDetails }) {
    const { run } = props;
    const { search, set: setSearch } = useSearch();
    const { route } = useLocation();
    const { sort, filter } = askedBy(search);
    const { rows, problem, more } = usePages(run.id, sort, filter);
    const href = useCallback((id: string) => `${runPath(run.id)}?strategy=${encodeURIComponent(id)}`, [run.id]);
    const columns = useMemo(() => strategyColumns(href), [href]);
    const sorting: Sorting = { id: sort.replace(/^-/, ''), descending: sort.startsWith('-') };
    return (
        <>
            <div class="row filters">
                <TextField
                    label="Find"
                    type="search"
                    value={search.find ?? ''}
                    placeholder="SmaCross, trades>=30"
                    onValue={(find) => setSearch({ find })}
                    hint="A part of the name, or conditions with commas between: trades>=30, symbol=ACME"
                />
                <SelectField
                    label="Show"
                    value={search.weighted ?? ''}
                    onValue={(weighted) => setSearch({ weighted })}
                    options={[
                        { value: '', label: 'All strategies' },
                        { value: 'yes', label: 'Those with a weight' },
                    ]}
                />
            </div>
            <p class="note" role="status">
                {rows ? `${counted(rows.total, 'strategy', 'strategies')} match. Choose one to see its trades.` : 'Loading'}
            </p>
            {problem && <Failed problem={problem} />}
            {!rows && !problem && <Loading height={560} />}
            {rows?.total === 0 && (
                <Empty title="No strategy matches">
                    <button type="button" onClick={() => setSearch({ find: '', weighted: '' })}>
                        Show all strategies
                    </button>
                </Empty>
            )}
            {rows && rows.total > 0 && (
                <DataTable
                    label="Strategies"
                    rows={rows.items}
                    columns={columns}
                    id={(s) => s.id}
                    sorting={sorting}
                    total={rows.total}
                    onMore={more}
                    onSort={(s) => s && setSearch({ sort: `${s.descending ? '-' : ''}${s.id}` })}
                    onOpen={(s) => route(href(s.id))}
                />
            )}
        </>
    );
}

function usePages(id: string, sort: string, filter: string) {
    const [rows, setRows] = useState<Rows>();
    const [problem, setProblem] = useState<Problem>();
    const of = `${id}|${sort}|${filter}`;
    const wanted = useRef(of);
    const loading = useRef('');
    wanted.current = of;
    const load = useCallback(
        async (before: Rows | undefined) => {
            const name = `${of}|${before?.next ?? ''}`;
            if (loading.current === name) return;
            loading.current = name;
            try {
                const page = await loadStrategies(id, { sort, filter, limit: pageSize, ...(before?.next ? { cursor: before.next } : {}) });
                if (wanted.current !== of) return;
                setRows({ of, items: [...(before?.items ?? []), ...page.items], total: page.total, next: page.next ?? null });
                setProblem(undefined);
            } catch (e) {
                if (wanted.current === of) setProblem(asProblem(e));
            }
        },
        [id, sort, filter, of],
    );
    // Before the first paint: the page is often here already. Later ones wait until the typing pauses.
    const first = useRef(true);
    useLayoutEffect(() => {
        const timer = first.current ? undefined : setTimeout(() => void load(undefined), filter === '' ? 0 : 150);
        if (first.current) void load(undefined);
        first.current = false;
        return () => clearTimeout(timer);
    }, [load, filter]);
    const more = useCallback(() => {
        if (rows?.next && rows.of === of) void load(rows);
    }, [rows, of, load]);
    return { rows, problem: rows?.of === of ? undefined : problem, more };
}
