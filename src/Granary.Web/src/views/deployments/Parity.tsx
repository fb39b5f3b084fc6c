import { useLocation } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, take, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { LineChart } from '../../components/LineChart';
import { ShortTable } from '../../components/ShortTable';
import { Loaded } from '../../components/States';
import { Wrong } from '../../components/Wrong';
import { number, signedMoney, tone } from '../../format/numbers';

type Day = Schemas['ParityRecord'];

const shown = 60;

/** Each compared day of the deployment's accounts against a backtest of the final bars, and a button that compares now. */
export function Parity(props: { number: number; account: string | null }) {
    const { route } = useLocation();
    const days = useQuery(`parity ${props.number}`, () =>
        take(api.GET('/api/v1/deployments/{number}/parity', { params: { path: { number: props.number } } })),
    );
    const { run, busy, problem } = useAction(async () => {
        const job = await take(api.POST('/api/v1/jobs', { body: { kind: 'parity', account: props.account, now: true } as never }));
        route(`/jobs/${encodeURIComponent(job.id)}`);
    });
    return (
        <>
            {can('submitter') && props.account !== null && (
                <div class="actions">
                    <button
                        type="button"
                        disabled={busy}
                        title="Compares the days since the last record, and the running one, without stopping the session"
                        onClick={run}
                    >
                        Compare {props.account} now
                    </button>
                    <Wrong>{problem?.message}</Wrong>
                </div>
            )}
            <Loaded query={days} height={160} title="Parity">
                {(d) =>
                    d.length === 0 ? (
                        <p class="soft">No day was compared yet. A job of the kind parity compares each day after its end.</p>
                    ) : (
                        <>
                            {[...new Set(d.map((r) => r.account))].map((account) => (
                                <Account key={account} name={account} days={d.filter((r) => r.account === account)} />
                            ))}
                        </>
                    )
                }
            </Loaded>
        </>
    );
}

function Account(props: { name: string; days: readonly Day[] }) {
    const { name, days } = props;
    const x = useMemo(() => days.map((d) => Date.parse(d.day) / 1000), [days]);
    const lines = useMemo(
        () => [
            { name: 'Difference', values: days.map((d) => d.total), colour: 's1' },
            { name: 'Unexplained', values: days.map((d) => d.unexplained), colour: 's2', dashed: true },
        ],
        [days],
    );
    const outside = days.filter((d) => d.outside.length > 0).length;
    const newest = [...days].reverse().slice(0, shown);
    return (
        <>
            <p class="lead">
                {name}: {number(days.length)} {days.length === 1 ? 'day' : 'days'} compared, {number(outside)} outside of the band.
            </p>
            {days.length > 1 && (
                <LineChart
                    title="Difference by day"
                    unit="account currency"
                    x={x}
                    lines={lines}
                    summary={`Difference ${signedMoney(days.at(-1)?.total ?? 0)} on the last day`}
                />
            )}
            <ShortTable
                label={`Parity of ${name}`}
                rows={newest}
                columns={[
                    { title: 'Day', nowrap: true, cell: (d) => d.day },
                    { title: 'Difference', figure: true, cell: (d) => signedMoney(d.total), tone: (d) => tone(d.total) },
                    { title: 'Unexplained', figure: true, cell: (d) => signedMoney(d.unexplained), tone: (d) => tone(d.unexplained) },
                    { title: 'Causes of the day', cell: (d) => <Causes day={d} /> },
                    { title: 'Band', cell: (d) => (d.outside.length === 0 ? 'inside' : `${d.outside.join(' and ')} outside`) },
                ]}
            />
        </>
    );
}

function Causes(props: { day: Day }) {
    const causes = Object.entries(props.day.causes)
        .filter(([, v]) => Math.abs(v) >= 0.005)
        .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
    return <>{causes.length === 0 ? 'none' : causes.map(([cause, amount]) => `${cause} ${signedMoney(amount)}`).join(', ')}</>;
}
