import { useMemo } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery, useVersion } from '../../api/useQuery';
import { LineChart, type Line } from '../../components/LineChart';
import { Loaded } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { number, percent, signedMoney, tone } from '../../format/numbers';

const start = (day: string) => Date.parse(day) / 1000;

/** Equity of the account with its expected interval, drawdown, and profit by day; with a height, only the equity. */
export function Equity(props: { session: Schemas['SessionView']; height?: number }) {
    const { id, status } = props.session;
    const equity = useQuery(`equity ${id}`, () => take(api.GET('/api/v1/sessions/{id}/equity', { params: { path: { id } } })));
    useVersion(equity, status?.bars ?? 0);
    const days = status?.account.days;
    const currency = status?.account.currency ?? 'account currency';
    const shown = useMemo(() => {
        const data = equity.data;
        if (data === undefined) return undefined;
        return {
            x: data.times.map(start),
            equity: [
                { name: 'Account', values: data.equity, colour: 's1' },
                ...(data.low.length === 0
                    ? []
                    : [
                          { name: 'Expected', values: data.expected, colour: 's2', dashed: true },
                          { name: 'Low', values: data.low, colour: 'strong', dashed: true },
                          { name: 'High', values: data.high, colour: 'strong', dashed: true },
                      ]),
            ],
            drawdown: [{ name: 'Drawdown', values: data.drawdown.map((d) => -d), colour: 'loss', filled: true }],
            last: data.equity.at(-1),
            worst: Math.max(0, ...data.drawdown),
        };
    }, [equity.data]);
    const profit = useMemo(
        () => ({
            x: (days ?? []).map((d) => start(d.from)),
            lines: [{ name: 'Profit', values: (days ?? []).map((d) => d.profit), colour: 'gain', bars: true }],
        }),
        [days],
    );
    return (
        <Loaded query={{ ...equity, data: shown }} height={props.height ?? 230}>
            {(s) =>
                props.height !== undefined ? (
                    <EquityChart curve={s} height={props.height} currency={currency} />
                ) : (
                    <>
                        <div class="charts">
                            <EquityChart curve={s} height={170} currency={currency} />
                            <LineChart
                                title="Drawdown"
                                unit="of the highest equity"
                                format={(v) => percent(v)}
                                x={s.x}
                                lines={s.drawdown}
                                height={170}
                                summary={`Largest drawdown ${percent(s.worst)}`}
                            />
                            <LineChart
                                title="Profit by day"
                                unit={`${currency}, UTC days`}
                                x={profit.x}
                                lines={profit.lines}
                                height={170}
                                format={signedMoney}
                                summary={`Profit by day, ${number(profit.x.length)} days`}
                            />
                        </div>
                        <details>
                            <summary>Profit by day as a table</summary>
                            <ShortTable
                                label="Profit by day"
                                rows={[...(days ?? [])].reverse()}
                                columns={[
                                    { title: 'Day (UTC)', nowrap: true, cell: (d) => d.from },
                                    {
                                        title: `Profit, ${currency}`,
                                        figure: true,
                                        cell: (d) => signedMoney(d.profit),
                                        tone: (d) => tone(d.profit),
                                    },
                                    { title: `Equity at its end, ${currency}`, figure: true, cell: (d) => number(d.equity, 2) },
                                ]}
                            />
                        </details>
                    </>
                )
            }
        </Loaded>
    );
}

function EquityChart(props: { curve: { x: number[]; equity: Line[]; last: number | undefined }; height: number; currency: string }) {
    const { x, equity, last } = props.curve;
    return (
        <LineChart
            title="Equity"
            unit={equity.length > 1 ? `${props.currency}, and the 95% interval of the backtest` : props.currency}
            x={x}
            lines={equity}
            height={props.height}
            summary={`Equity of the account ${number(last, 2)}`}
        />
    );
}
