import { useRoute } from 'preact-iso';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { ShareBars } from '../../components/ShareBars';
import { SelectField } from '../../components/Field';
import { Empty, Loaded } from '../../components/States';
import { StrategyName } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
import { ShortTable } from '../../components/ShortTable';
import { number, percent, price, signedMoney, tone } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { loadRun } from '../runs/run';
import { whyPath } from '../why/address';

interface Signal {
    strategy: string;
    symbol: string;
    number: number;
    time: string;
    side: string;
    decision: string;
    price?: number;
    quantity?: number;
    entryPrice?: number;
    exitPrice?: number;
    exitTime?: string;
    exitReason?: string;
    pnlNet?: number;
}

const columnsOf = (run: string): Column<Signal>[] => [
    { id: 'time', title: 'Signal', width: 150, cell: (s) => time(s.time, s.symbol) },
    { id: 'symbol', title: 'Symbol', width: 110, cell: (s) => s.symbol },
    { id: 'side', title: 'Side', width: 70, cell: (s) => s.side },
    {
        id: 'decision',
        title: 'Decision',
        width: 140,
        cell: (s) => <Badge kind={s.decision === 'accepted' ? 'yes' : 'no'}>{s.decision}</Badge>,
    },
    {
        id: 'profit',
        title: 'Would have earned',
        width: 140,
        figure: true,
        cell: (s) => <span class={tone(s.pnlNet)}>{signedMoney(s.pnlNet)}</span>,
        hint: 'Net profit of the trade in the strategy’s own simulated account',
    },
    { id: 'entry', title: 'Entry', width: 100, figure: true, cell: (s) => price(s.entryPrice) },
    { id: 'exit', title: 'Exit', width: 100, figure: true, cell: (s) => price(s.exitPrice) },
    { id: 'reason', title: 'Left by', width: 110, cell: (s) => s.exitReason ?? '' },
    { id: 'strategy', title: 'Strategy', width: 232, cell: (s) => <StrategyName id={s.strategy} /> },
    {
        id: 'why',
        title: 'Why',
        width: 70,
        cell: (s) => (
            <a href={whyPath({ run, strategy: s.strategy, symbol: s.symbol, signal: s.number })} aria-label={`Why signal ${s.number}?`}>
                Why?
            </a>
        ),
    },
];

const page = 200;

/** The signals of a run: which ones the portfolio refused, and the profit that they had in the strategies' own accounts. */
export default function SignalsView() {
    const { params } = useRoute();
    const run = params.id ?? '';
    useTitle('Signals');
    useQuery(`run/${run}`, () => loadRun(run));
    const {
        search: { decision = 'refused', symbol = '' },
        set,
    } = useSearch();
    const query = useMemo(
        () => ({ limit: page, ...(decision === 'all' ? {} : { decision }), ...(symbol === '' ? {} : { symbol }) }),
        [decision, symbol],
    );
    const first = useQuery(`signals ${run} ${decision} ${symbol}`, () =>
        take(api.GET('/api/v1/runs/{id}/signals', { params: { path: { id: run }, query } })),
    );
    const all = useQuery(`decisions ${run}`, () =>
        take(api.GET('/api/v1/runs/{id}/signals', { params: { path: { id: run }, query: { limit: 1 } } })),
    );
    const totals = all.data?.decisions ?? [];
    return (
        <>
            <p class="eyebrow">
                <a href="/runs">Runs</a> / <a href={`/runs/${encodeURIComponent(run)}`}>{run}</a>
            </p>
            <h1>Signals and refusals</h1>
            <p class="lead">
                Each wish of a strategy to enter, with the portfolio’s answer. A refused strategy still simulates the trade in its own
                account: the profit is what the signal would have earned there.
            </p>
            <Loaded query={all} height={220}>
                {() => <Totals totals={totals} />}
            </Loaded>
            <div class="row">
                <SelectField
                    label="Decision"
                    value={decision}
                    options={[
                        { value: 'refused', label: 'all refused' },
                        { value: 'all', label: 'all' },
                        ...totals.map((t) => ({ value: t.decision, label: `${t.decision} (${number(t.signals)})` })),
                    ]}
                    onValue={(v) => set({ decision: v === 'refused' ? '' : v })}
                />
            </div>
            <Loaded query={first}>{(rows) => <Rows key={`${decision} ${symbol}`} run={run} query={query} first={rows} />}</Loaded>
        </>
    );
}

function Totals(props: { totals: readonly Schemas['DecisionTotal'][] }) {
    if (props.totals.length === 0) return null;
    return (
        <div class="columns">
            <ShareBars
                title="What signals earned, by decision"
                unit="net, in the strategies’ own accounts"
                rows={props.totals.map((t) => ({ name: t.decision, value: t.profit, text: signedMoney(t.profit) }))}
            />
            <ShortTable
                label="Decisions"
                rows={props.totals}
                columns={[
                    { title: 'Decision', cell: (t) => t.decision },
                    { title: 'Signals', figure: true, cell: (t) => number(t.signals) },
                    { title: 'Won', figure: true, cell: (t) => (t.trades > 0 ? percent(t.wins / t.trades, 1) : '–') },
                    { title: 'Earned in own accounts', figure: true, cell: (t) => signedMoney(t.profit), tone: (t) => tone(t.profit) },
                ]}
            />
        </div>
    );
}

// Grows by pages while the reader scrolls.
function Rows(props: { run: string; query: { limit: number; decision?: string; symbol?: string }; first: Schemas['SignalRows'] }) {
    const { run, query, first } = props;
    const columns = useMemo(() => columnsOf(run), [run]);
    const [more, setMore] = useState<Signal[]>([]);
    const [next, setNext] = useState(first.next);
    const [busy, setBusy] = useState(false);
    const load = useCallback(() => {
        if (next == null || busy) return;
        setBusy(true);
        take(api.GET('/api/v1/runs/{id}/signals', { params: { path: { id: run }, query: { ...query, cursor: next } } }))
            .then((rows) => {
                setMore((m) => [...m, ...(rows.items as unknown as Signal[])]);
                setNext(rows.next);
            })
            .catch(() => setNext(null))
            .finally(() => setBusy(false));
    }, [busy, next, query, run]);
    const rows = useMemo(() => [...(first.items as unknown as Signal[]), ...more], [first, more]);
    if (first.total === 0)
        return (
            <Empty title="No signal has this decision">
                <p>The portfolio of this run refused nothing of this kind.</p>
            </Empty>
        );
    return (
        <>
            <p class="note">{number(first.total)} signals, in the order of the run.</p>
            <DataTable
                label="Signals"
                rows={rows}
                columns={columns}
                id={(s) => `${s.strategy} ${s.number}`}
                total={first.total}
                onMore={load}
            />
        </>
    );
}
