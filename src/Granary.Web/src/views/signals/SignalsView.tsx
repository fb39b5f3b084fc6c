import { useRoute } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { ShareBars } from '../../components/ShareBars';
import { SelectField } from '../../components/Field';
import { ServerList } from '../../components/ServerList';
import { Loaded } from '../../components/States';
import { StrategyName } from '../../components/StrategyName';
import type { Column } from '../../components/Table';
import { ShortTable } from '../../components/ShortTable';
import { counted, number, percent, price, signedMoney, tone } from '../../format/numbers';
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
    { id: 'time', title: 'Signal', width: 136, value: (s) => s.time, cell: (s) => time(s.time, s.symbol) },
    { id: 'symbol', title: 'Symbol', width: 90, value: (s) => s.symbol, cell: (s) => s.symbol },
    { id: 'side', title: 'Side', width: 56, value: (s) => s.side, cell: (s) => s.side },
    {
        id: 'decision',
        title: 'Decision',
        width: 140,
        value: (s) => s.decision,
        cell: (s) => <Badge kind={s.decision === 'accepted' ? 'yes' : 'no'}>{s.decision}</Badge>,
    },
    {
        id: 'pnlNet',
        title: 'Would have earned',
        width: 140,
        figure: true,
        value: (s) => s.pnlNet,
        cell: (s) => <span class={tone(s.pnlNet)}>{signedMoney(s.pnlNet)}</span>,
        hint: 'Net profit of the trade in the strategy’s own simulated account',
    },
    { id: 'entryPrice', title: 'Entry', width: 100, figure: true, value: (s) => s.entryPrice, cell: (s) => price(s.entryPrice) },
    { id: 'exitPrice', title: 'Exit', width: 100, figure: true, value: (s) => s.exitPrice, cell: (s) => price(s.exitPrice) },
    { id: 'exitReason', title: 'Left by', width: 110, value: (s) => s.exitReason, cell: (s) => s.exitReason ?? '' },
    { id: 'strategy', title: 'Strategy', width: 232, value: (s) => s.strategy, cell: (s) => <StrategyName id={s.strategy} /> },
    {
        id: 'why',
        title: 'Why',
        width: 54,
        cell: (s) => (
            <a href={whyPath({ run, strategy: s.strategy, symbol: s.symbol, signal: s.number })} aria-label={`Why signal ${s.number}?`}>
                Why?
            </a>
        ),
    },
];

const fields = [
    { key: 'symbol', title: 'Symbol' },
    { key: 'side', title: 'Side', choices: ['long', 'short'] },
    { key: 'strategy', title: 'Strategy' },
    { key: 'exitReason', title: 'Left by' },
];

/** The signals of a run: which ones the portfolio refused, and the profit that they had in the strategies' own accounts. */
export default function SignalsView() {
    const { params } = useRoute();
    const run = params.id ?? '';
    useTitle('Signals');
    useQuery(`run/${run}`, () => loadRun(run));
    const {
        search: { decision = 'refused' },
        set,
    } = useSearch();
    const columns = useMemo(() => columnsOf(run), [run]);
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
            <ServerList
                label="Signals"
                path={`/runs/${encodeURIComponent(run)}/signals`}
                query={decision === 'all' ? {} : { decision }}
                columns={columns}
                fields={fields}
                date="time"
                sort="time"
                note={(total) => `${counted(total, 'signal')}.`}
                empty="The portfolio refused no such signal, or the strategies gave none."
                hint="pnlNet>0, quantity>10"
                height={560}
                file={`${run}-signals`}
            />
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
