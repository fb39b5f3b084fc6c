import { useMemo } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { LineChart } from '../../components/LineChart';
import { Loading } from '../../components/States';
import { Pairs } from '../../components/Pairs';
import { number, percent, signedMoney, tone } from '../../format/numbers';

type Comparison = Schemas['DeploymentComparison'];

/** Live against the backtest by day, for each account whose session of the deployment has ended. */
export function Report(props: { number: number }) {
    const report = useQuery(`report ${props.number}`, () =>
        take(api.GET('/api/v1/deployments/{number}/report', { params: { path: { number: props.number } } })),
    );
    if (report.data)
        return (
            <>
                {report.data.map((c) => (
                    <One key={c.run} comparison={c} />
                ))}
            </>
        );
    // Before a session has ended, the answer says so, and what to do.
    if (report.problem) return <p class="notice calm">{report.problem.message}</p>;
    return <Loading height={120} />;
}

function One(props: { comparison: Comparison }) {
    const { comparison: c } = props;
    const x = useMemo(() => c.days.map((d) => Date.parse(d.day) / 1000), [c]);
    const lines = useMemo(
        () => [
            { name: 'Account', values: c.days.map((d) => d.account ?? null), colour: 's1' },
            { name: 'Its own trades', values: c.days.map((d) => d.live), colour: 's3', dashed: true },
            { name: 'Backtest', values: c.days.map((d) => d.promised), colour: 's2', dashed: true },
        ],
        [c],
    );
    const band = useMemo(
        () => [
            { name: 'Return', values: c.days.map((d) => d.return), colour: 's1' },
            { name: 'Least expected', values: c.days.map((d) => d.low ?? null), colour: 'strong', dashed: true },
            { name: 'Most expected', values: c.days.map((d) => d.high ?? null), colour: 'strong', dashed: true },
        ],
        [c],
    );
    const last = c.days.at(-1);
    if (!last) return <p class="soft">The session has no whole day.</p>;
    const causes = Object.entries(c.causes).filter(([, v]) => Math.abs(v) >= 0.005);
    return (
        <>
            <p class="lead">
                {c.account}: {number(c.days.length)} days, difference {signedMoney(last.difference)}: live less the backtest of the same
                bars. The return was outside of what the backtest lets expect (95%) on {number(c.outside)}{' '}
                {c.outside === 1 ? 'day' : 'days'}.
            </p>
            <div class="columns">
                <LineChart
                    title="Equity"
                    unit="account currency"
                    x={x}
                    lines={lines}
                    summary={`Equity of the account ${number(last.account, 0)}, of its own trades ${number(last.live, 0)} and of the backtest ${number(last.promised, 0)} at the end`}
                />
                <LineChart
                    title="Return and its band"
                    unit="since the first day"
                    format={(v) => percent(v)}
                    x={x}
                    lines={band}
                    summary={`Return ${percent(last.return)} at the end`}
                />
            </div>
            {causes.length > 0 && (
                <Pairs
                    caption="What made the difference"
                    pairs={causes.map(([name, amount]) => ({ name, value: signedMoney(amount), tone: tone(amount) }))}
                />
            )}
        </>
    );
}
