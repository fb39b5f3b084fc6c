import { useLocation } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import { can } from '../../api/caller';
import { useChanges } from '../../api/changes';
import { api, take, type Schemas } from '../../api/client';
import { usePages } from '../../api/usePages';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { SelectField, TextField } from '../../components/Field';
import { Empty, Failed, Loading } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { counted, number, percent, signedPercent, tone } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { mostCompared, runKinds, runPath } from './run';

type Run = Schemas['RunSummary'];

const columns: Column<Run>[] = [
    { id: 'kind', title: 'Kind', width: 120, value: (r) => r.kind, cell: (r) => runKinds[r.kind] ?? r.kind },
    {
        id: 'markets',
        title: 'Markets',
        width: 190,
        value: (r) => r.markets[0],
        cell: (r) => (
            <span title={r.markets.join(', ')}>
                {r.markets.slice(0, 2).join(', ')}
                {r.marketCount > 2 && ` and ${number(r.marketCount - 2)} more`}
            </span>
        ),
    },
    {
        id: 'totalReturn',
        title: 'Return',
        width: 96,
        figure: true,
        value: (r) => r.totalReturn,
        cell: (r) => <span class={tone(r.totalReturn)}>{signedPercent(r.totalReturn)}</span>,
        hint: 'Of the portfolio; of a live run that of its account',
    },
    { id: 'sharpe', title: 'Sharpe ratio', width: 104, figure: true, value: (r) => r.sharpe, cell: (r) => number(r.sharpe, 2) },
    {
        id: 'maxDrawdown',
        title: 'Max drawdown',
        width: 116,
        figure: true,
        value: (r) => r.maxDrawdown,
        cell: (r) => percent(r.maxDrawdown),
    },
    {
        id: 'tradable',
        title: 'Tradable',
        width: 90,
        value: (r) => Number(r.tradable),
        cell: (r) => <Badge kind={r.tradable ? 'yes' : 'no'}>{r.tradable ? 'yes' : 'no'}</Badge>,
        hint: 'Whether all validation checks passed',
    },
    { id: 'created', title: 'Finished', width: 140, value: (r) => r.created, cell: (r) => time(r.created) },
];

/** Finished runs with their results. The server sorts and filters; the address has the order, the filter and the chosen runs. */
export default function RunsView() {
    useTitle('Runs');
    const { route } = useLocation();
    const { search, set } = useSearch();
    const { sort = 'created', order = '', kind = '', market = '', tradable = '', search: text = '' } = search;
    const query = { sort, order, kind, market, tradable, search: text };
    const asked = Object.fromEntries(Object.entries(query).filter(([, v]) => v !== ''));
    const { rows, problem, more, reload } = usePages(
        JSON.stringify(asked),
        (cursor) => take(api.GET('/api/v1/runs', { params: { query: { limit: 200, ...asked, ...(cursor ? { cursor } : {}) } } })),
        market + text === '' ? 0 : 150,
    );
    useChanges(['run'], reload);
    const chosen = useMemo(() => (search.runs ?? '').split(',').filter((id) => id !== ''), [search.runs]);
    const named: Column<Run> = {
        id: 'name',
        title: 'Name',
        width: 250,
        value: (r) => r.name,
        cell: (r) => (
            <span class="choice">
                <input
                    type="checkbox"
                    aria-label={`Choose ${r.name}, ${time(r.created)}`}
                    checked={chosen.includes(r.id)}
                    onChange={(e) => set({ runs: (e.currentTarget.checked ? [...chosen, r.id] : chosen.filter((c) => c !== r.id)).join() })}
                />
                <a href={runPath(r.id)} title={r.id}>
                    {r.name}
                </a>
            </span>
        ),
    };
    const isFiltered = kind + market + tradable + text !== '';
    return (
        <>
            <div class="actions">
                <h1>Runs</h1>
                <span class="push" />
                <Chosen runs={chosen} />
            </div>
            <div class="row filters wide">
                <TextField label="Search" type="search" value={text} onValue={(v) => set({ search: v })} />
                <SelectField
                    label="Kind"
                    value={kind}
                    onValue={(v) => set({ kind: v })}
                    options={[{ value: '', label: 'All' }, ...Object.entries(runKinds).map(([value, label]) => ({ value, label }))]}
                />
                <TextField label="Market" value={market} placeholder="ACME" onValue={(v) => set({ market: v })} />
                <SelectField
                    label="Tradable"
                    value={tradable}
                    onValue={(v) => set({ tradable: v })}
                    options={[
                        { value: '', label: 'All' },
                        { value: 'true', label: 'Yes' },
                        { value: 'false', label: 'No' },
                    ]}
                />
            </div>
            {problem && <Failed problem={problem} retry={reload} />}
            {!rows && !problem && <Loading />}
            {rows?.total === 0 && (
                <Empty title={isFiltered ? 'No run matches' : 'There are no runs yet'}>
                    {isFiltered ? (
                        <button type="button" onClick={() => set({ kind: '', market: '', tradable: '', search: '' })}>
                            Show all runs
                        </button>
                    ) : (
                        <a class="button primary" href="/">
                            Make the first one
                        </a>
                    )}
                </Empty>
            )}
            {rows && rows.total > 0 && (
                <>
                    <p class="note" role="status">
                        {counted(rows.total, 'run')}
                        {chosen.length > 0 ? `, ${number(chosen.length)} chosen` : '. Choose two to five to compare them.'}
                    </p>
                    <DataTable
                        label="Runs"
                        rows={rows.items}
                        columns={[named, ...columns]}
                        id={(r) => r.id}
                        sorting={{ id: sort, descending: order === '' ? sort === 'created' : order === 'desc' }}
                        onSort={(s) => s && set({ sort: s.id, order: s.descending ? 'desc' : 'asc' })}
                        onOpen={(r) => route(runPath(r.id))}
                        selected={new Set(chosen)}
                        total={rows.total}
                        onMore={more}
                    />
                </>
            )}
        </>
    );
}

function Chosen(props: { runs: string[] }) {
    const { runs } = props;
    if (runs.length < 2) return null;
    const ids = encodeURIComponent(runs.join());
    return (
        <>
            {runs.length <= mostCompared && (
                <a class="button primary" href={`/compare?runs=${ids}`}>
                    Compare
                </a>
            )}
            {can('submitter') && (
                <a class="button" href={`/jobs/new?kind=combine&runs=${ids}`}>
                    Combine
                </a>
            )}
        </>
    );
}
