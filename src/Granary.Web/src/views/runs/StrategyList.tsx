import { useLocation } from 'preact-iso';
import { useCallback, useMemo } from 'preact/hooks';
import { download } from '../../api/client';
import { useAction } from '../../api/useAction';
import { usePages } from '../../api/usePages';
import { useSearch } from '../../api/useSearch';
import { chosenColumns, ColumnMenu } from '../../components/ColumnMenu';
import { SelectField, TextField } from '../../components/Field';
import { Empty, Failed, Loading } from '../../components/States';
import { DataTable, type Sorting } from '../../components/Table';
import { Wrong } from '../../components/Wrong';
import { counted } from '../../format/numbers';
import { strategyColumns } from './columns';
import { loadStrategies, runPath, type RunDetails } from './run';

const pageSize = 100;

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
    const load = (cursor: string | undefined) => loadStrategies(run.id, { sort, filter, limit: pageSize, ...(cursor ? { cursor } : {}) });
    const { rows, problem, more } = usePages(`${run.id}|${sort}|${filter}`, load, filter === '' ? 0 : 150);
    const href = useCallback((id: string) => `${runPath(run.id)}?strategy=${encodeURIComponent(id)}`, [run.id]);
    const columns = useMemo(() => strategyColumns(href), [href]);
    const shown = useMemo(() => chosenColumns(columns, search.cols), [columns, search.cols]);
    const saving = useAction(async (extension: string, accept: string) => {
        const chosen = search.cols ? `&columns=${shown.map((c) => c.id).join(',')}` : '';
        const query = `${new URLSearchParams({ sort, filter })}${chosen}`;
        await download(`${runPath(run.id)}/strategies?${query}`, `${run.id}-strategies.${extension}`, accept);
    });
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
            <div class="actions">
                <span class="note" role="status">
                    {rows ? `${counted(rows.total, 'strategy', 'strategies')} match. Choose one to see its trades.` : 'Loading'}
                </span>
                <span class="push" />
                <ColumnMenu columns={columns} named={search.cols} onNamed={(cols) => setSearch({ cols })} />
                <button type="button" disabled={saving.busy} onClick={() => saving.run('csv', 'text/csv')}>
                    CSV
                </button>
                <button type="button" disabled={saving.busy} onClick={() => saving.run('parquet', 'application/vnd.apache.parquet')}>
                    Parquet
                </button>
            </div>
            <Wrong>{saving.problem?.message}</Wrong>
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
                    columns={shown}
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
