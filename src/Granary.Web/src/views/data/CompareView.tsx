import { useMemo } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { SelectField } from '../../components/Field';
import { Figures } from '../../components/Figures';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { number, price } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';

type Answer = Schemas['ComparisonAnswer'];
type Row = Schemas['DisagreementRow'];

const choose = { value: '', label: 'Choose' };
const options = (values: Iterable<string>) => [choose, ...[...new Set(values)].map((v) => ({ value: v, label: v }))];

const columns: Column<Row>[] = [
    { id: 'time', title: 'Bar', width: 150, value: (r) => r.time, cell: (r) => time(r.time) },
    { id: 'field', title: 'Field', width: 90, value: (r) => r.field, cell: (r) => r.field },
    { id: 'a', title: 'A', width: 110, figure: true, value: (r) => r.a, cell: (r) => price(r.a) },
    { id: 'b', title: 'B', width: 110, figure: true, value: (r) => r.b, cell: (r) => price(r.b) },
    {
        id: 'percent',
        title: 'Differs by',
        width: 120,
        figure: true,
        value: (r) => r.percent,
        cell: (r) => (r.percent == null ? '–' : `${number(r.percent, 3)}%`),
    },
    { id: 'likelier', title: 'Likelier wrong', width: 110, value: (r) => r.likelierWrong, cell: (r) => r.likelierWrong ?? '–' },
    { id: 'why', title: 'Why', width: 420, cell: (r) => r.why ?? '' },
];

/** The differences of two stores on a market, and the store that is likelier wrong. */
export default function CompareView() {
    useTitle('Compare sources');
    const {
        search: { a = '', b = '', symbol = '', timeframe = '' },
        set,
    } = useSearch();
    const stores = useQuery('data', () => take(api.GET('/api/v1/data')));
    const markets = useMemo(() => (stores.data ?? []).flatMap((s) => s.markets.map((m) => ({ ...m, store: s.store }))), [stores.data]);
    const ready = a !== '' && b !== '' && symbol !== '' && timeframe !== '';
    const found = useQuery(ready ? `compare ${a} ${b} ${symbol} ${timeframe}` : null, () =>
        take(api.GET('/api/v1/data/compare', { params: { query: { a, b, symbol, timeframe } } })),
    );
    return (
        <>
            <p class="eyebrow">
                <a href="/data">Data</a>
            </p>
            <h1>Compare sources</h1>
            <p class="lead">Two stores that have the same market: bars that only one has, and prices and volumes that differ.</p>
            <Loaded query={stores} height={80}>
                {() => (
                    <div class="row">
                        <SelectField
                            label="Symbol"
                            value={symbol}
                            options={options(markets.map((m) => m.symbol))}
                            onValue={(v) => set({ symbol: v })}
                        />
                        <SelectField
                            label="Bars of"
                            value={timeframe}
                            options={options(markets.filter((m) => m.symbol === symbol).map((m) => m.timeframe))}
                            onValue={(v) => set({ timeframe: v })}
                        />
                        <SelectField
                            label="Store A"
                            value={a}
                            options={options(markets.filter((m) => symbol === '' || m.symbol === symbol).map((m) => m.store))}
                            onValue={(v) => set({ a: v })}
                        />
                        <SelectField
                            label="Store B"
                            value={b}
                            options={options(
                                markets.filter((m) => (symbol === '' || m.symbol === symbol) && m.store !== a).map((m) => m.store),
                            )}
                            onValue={(v) => set({ b: v })}
                        />
                    </div>
                )}
            </Loaded>
            {ready ? (
                <Loaded query={found}>{(answer) => <Result total={answer.total} result={answer.result} a={a} b={b} />}</Loaded>
            ) : (
                <Empty title="Choose a market and two stores that have it" />
            )}
        </>
    );
}

function Result(props: { total: number; result: Answer; a: string; b: string }) {
    const { result } = props;
    return (
        <>
            <Figures
                figures={[
                    {
                        name: 'Bars in both',
                        value: number(result.common),
                        note: `A has ${number(result.barsOfA)}, B ${number(result.barsOfB)}`,
                    },
                    { name: 'Equal', value: number(result.equal), note: 'within 0.01% of price and 1% of volume' },
                    { name: 'Only in A', value: number(result.onlyInA), note: props.a },
                    { name: 'Only in B', value: number(result.onlyInB), note: props.b },
                    { name: 'A likelier wrong', value: number(result.likelierWrong.a), note: 'bars' },
                    { name: 'B likelier wrong', value: number(result.likelierWrong.b), note: 'bars' },
                ]}
            />
            {result.shiftHours != null && (
                <p class="notice">
                    The bars of A are in B {number(Math.abs(result.shiftHours), 2)} h {result.shiftHours > 0 ? 'later' : 'earlier'}: one of
                    the two has the wrong time zone, or stamps of the close. Import it again with the right zone.
                </p>
            )}
            {result.ratios.map((r) => (
                <p key={r.from} class="notice">
                    From {time(r.from)} to {time(r.to)} closes of A are {number(r.ratio, 4)} times those of B ({number(r.bars)} bars): one
                    of the two is adjusted for splits or dividends.
                </p>
            ))}
            {props.total === 0 ? (
                <p class="notice calm">No bar differs.</p>
            ) : (
                <>
                    <h2>Differences</h2>
                    <p class="note">
                        {result.disagreements.length < props.total
                            ? `The ${number(result.disagreements.length)} widest of ${number(props.total)}; granary data compare writes all.`
                            : `All ${number(props.total)}.`}
                    </p>
                    <DataTable label="Differences" rows={result.disagreements} columns={columns} id={(r) => `${r.time} ${r.field}`} />
                </>
            )}
        </>
    );
}
