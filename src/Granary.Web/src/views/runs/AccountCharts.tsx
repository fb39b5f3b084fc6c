import { useRange } from '../../api/range';
import { takeCurve } from '../../api/series';
import { useQuery } from '../../api/useQuery';
import { LineChart, type Line } from '../../components/LineChart';
import { Failed, Loading } from '../../components/States';
import { percent } from '../../format/numbers';
import { benchmarkAt } from './Analysis';

/** A line to compare the equity with: its values at its own times. */
export interface Compared {
    name: string;
    times: string[];
    values: number[];
}

/** Equity with buying and holding, and drawdown: of the portfolio, or of a strategy in its own account. */
export function AccountCharts(props: { run: string; currency: string; strategy?: string; benchmark?: Compared | undefined }) {
    const { run, strategy, benchmark } = props;
    const { range, choose } = useRange();
    const equity = useCurve(run, 'equity', strategy);
    const drawdown = useCurve(run, 'drawdown', strategy);
    const hold = useCurve(run, 'buy-and-hold', strategy);
    const problem = equity.problem ?? drawdown.problem;
    if (problem && !equity.data) return <Failed problem={problem} retry={equity.reload} />;
    if (equity.data?.why) return <p class="notice">The equity at each bar is not known. {equity.data.why}</p>;
    const of = strategy ? 'the strategy’s own account' : 'the portfolio';
    const x = equity.data?.x ?? [];
    const others: Line[] = [
        ...(hold.data && !hold.data.why ? [{ name: 'Buy and hold', values: benchmarkAt(hold.data, x), colour: 's2' }] : []),
        ...(benchmark && benchmark.name !== 'Buy and hold'
            ? [{ name: benchmark.name, values: benchmarkAt(benchmark, x), colour: 's3' }]
            : []),
    ];
    return (
        <>
            {equity.data ? (
                <LineChart
                    title="Equity"
                    unit={props.currency}
                    summary={`Equity of ${of} over time`}
                    x={x}
                    lines={[{ name: 'Equity', values: equity.data.values, colour: 's1' }, ...others]}
                    onZoom={choose}
                    canLog
                    height={280}
                />
            ) : (
                <Loading height={330} />
            )}
            {drawdown.data ? (
                <LineChart
                    title="Drawdown"
                    unit={range ? 'percent below the peak of the whole run so far' : 'percent below the peak'}
                    summary={`Drawdown of ${of} over time`}
                    x={drawdown.data.x}
                    format={(v) => percent(v, 1)}
                    height={150}
                    onZoom={choose}
                    lines={[{ name: 'Drawdown', values: drawdown.data.values.map((v) => -v), colour: 'loss', filled: true }]}
                />
            ) : (
                <Loading height={200} />
            )}
            <p class="note">
                {hold.data?.why ?? (
                    <>
                        Buy and hold: {strategy ? 'the symbols of the strategy' : 'the markets of the run'} in equal parts, bought at the
                        first row with what the account then has.
                    </>
                )}
            </p>
        </>
    );
}

// The server sends as many points as the chart has pixels; a range asks for the points of that range.
function useCurve(run: string, name: string, strategy: string | undefined) {
    const range = useRange();
    return useQuery(`run/${run}/${strategy ?? ''}/${name}/${range.name}`, async () => {
        const curve = await takeCurve(run, name, { points: 2000, ...range.query, ...(strategy ? { strategy } : {}) });
        return { why: curve.why, times: curve.times, x: curve.times.map((t) => Date.parse(t) / 1000), values: curve.values };
    });
}
