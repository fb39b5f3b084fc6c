import { useRoute } from 'preact-iso';
import { useMemo, useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { useChanges } from '../../api/changes';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Confirm } from '../../components/Dialog';
import { TextField } from '../../components/Field';
import { Figures } from '../../components/Figures';
import { Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { ShortTable } from '../../components/ShortTable';
import { number, percent, signedPercent, tone, weight } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { Parity } from './Parity';
import { Report } from './Report';
import { Switch } from './Switch';

type Details = Schemas['DeploymentDetails'];
type Strategy = Schemas['DeploymentStrategy'];

/** One deployment: its strategies, its backtest, its history, live against the backtest, and hand-over. */
export default function DeploymentView() {
    const { params } = useRoute();
    const id = Number(params.number);
    useTitle(`Deployment ${id}`);
    const details = useQuery(`deployment ${id}`, () => take(api.GET('/api/v1/deployments/{number}', { params: { path: { number: id } } })));
    useChanges(['deployment'], details.reload);
    return (
        <>
            <p class="eyebrow">
                <a href="/deployments">Deployments</a>
            </p>
            <Loaded query={details} height={420} title="Deployment">
                {(d) => <Shown details={d} onChanged={details.reload} />}
            </Loaded>
        </>
    );
}

function Shown(props: { details: Details; onChanged: () => void }) {
    const { deployment: d, strategies, history } = props.details;
    const [switching, setSwitching] = useState(false);
    const [changed, setChanged] = useState<Strategy>();
    const columns = useMemo(() => columnsWith(can('admin') ? setChanged : undefined), []);
    const statistics = d.backtest.statistics;
    const accounts = useMemo(() => [...new Set(history.flatMap((e) => (e.account ? [e.account] : [])))], [history]);
    return (
        <>
            <h1>
                {d.number}: {d.name}
            </h1>
            <p class="note">
                Added {time(d.addedAt)} by {d.who}
                {d.why !== '' && `: ${d.why}`}. Justified by the run{' '}
                <a href={`/runs/${encodeURIComponent(d.backtest.run)}`}>{d.backtest.run}</a>.
            </p>
            {can('admin') && (
                <div class="actions">
                    <a class="button primary" href={`/live/start?deployment=${d.number}`}>
                        Trade it
                    </a>
                    <button type="button" onClick={() => setSwitching(true)}>
                        Hand an account over to it
                    </button>
                </div>
            )}
            {d.failedChecks.length > 0 && (
                <div class="notice">
                    <p>It does not pass its validation checks:</p>
                    <ul>
                        {d.failedChecks.map((c) => (
                            <li key={c}>{c}</li>
                        ))}
                    </ul>
                </div>
            )}
            <Figures
                figures={[
                    {
                        name: 'Return of the backtest',
                        value: signedPercent(statistics.totalReturn),
                        tone: tone(statistics.totalReturn),
                        note: `over ${number(d.backtest.days)} days of the backtest`,
                    },
                    { name: 'Sharpe ratio', value: number(statistics.sharpe, 2), note: 'annualised' },
                    { name: 'Largest drawdown', value: percent(statistics.maxDrawdown), note: 'of the peak' },
                    { name: 'Trades', value: number(statistics.trades), note: 'of the backtest' },
                    { name: 'Strategies', value: number(d.strategies), note: `${number(d.disabled)} may not enter` },
                    { name: 'Last account', value: d.lastAccount ?? '–' },
                ]}
            />
            <h2>Live against the backtest</h2>
            <Report number={d.number} />
            <h2>Parity with the final bars</h2>
            <Parity number={d.number} accounts={accounts} />
            <h2>Strategies</h2>
            <DataTable label="Strategies" rows={strategies} columns={columns} id={(s) => s.id} height={420} />
            <h2>History</h2>
            <History history={history} />
            {switching && <Switch deployment={d} onClose={() => setSwitching(false)} onDone={props.onChanged} />}
            {changed && <Enable number={d.number} strategy={changed} onClose={() => setChanged(undefined)} onDone={props.onChanged} />}
        </>
    );
}

function columnsWith(change: ((strategy: Strategy) => void) | undefined): Column<Strategy>[] {
    return [
        { id: 'id', title: 'Strategy', width: 380, value: (s) => s.id, cell: (s) => s.id },
        { id: 'weight', title: 'Weight', width: 90, figure: true, value: (s) => s.weight, cell: (s) => weight(s.weight) },
        {
            id: 'enabled',
            title: 'Entries',
            width: 110,
            value: (s) => (s.enabled ? 1 : 0),
            cell: (s) => <Badge kind={s.enabled ? 'yes' : 'no'}>{s.enabled ? 'allowed' : 'stopped'}</Badge>,
        },
        ...(change
            ? [
                  {
                      id: 'change',
                      title: 'Action',
                      width: 130,
                      cell: (s: Strategy) => (
                          <button
                              type="button"
                              class="plain"
                              onClick={() => change(s)}
                              aria-label={`${s.enabled ? 'Stop' : 'Allow'} entries of ${s.id}`}
                          >
                              {s.enabled ? 'Stop entries' : 'Allow entries'}
                          </button>
                      ),
                  },
              ]
            : []),
        {
            id: 'why',
            title: 'Changed',
            width: 320,
            cell: (s) => (s.change ? `${time(s.change.at)} by ${s.change.who}${s.change.why ? `: ${s.change.why}` : ''}` : ''),
        },
    ];
}

function History(props: { history: Details['history'] }) {
    return (
        <ShortTable
            label="History"
            rows={[...props.history].reverse()}
            columns={[
                { title: 'When', nowrap: true, cell: (e) => time(e.at) },
                { title: 'What', cell: (e) => e.action },
                { title: 'Who', cell: (e) => e.who },
                { title: 'About', cell: (e) => [e.account, e.strategy, e.symbol].filter((t) => t).join(' ') },
                { title: 'Reason', cell: (e) => e.why },
            ]}
        />
    );
}

function Enable(props: { number: number; strategy: Strategy; onClose: () => void; onDone: () => void }) {
    const { strategy } = props;
    const [why, setWhy] = useState('');
    const verb = strategy.enabled ? 'Stop entries' : 'Allow entries';
    return (
        <Confirm
            title={verb}
            action={verb}
            onClose={props.onClose}
            onConfirm={async () => {
                await take(
                    api.PATCH('/api/v1/deployments/{number}', {
                        params: { path: { number: props.number } },
                        body: { enabled: !strategy.enabled, strategy: strategy.id, symbol: null, why },
                    }),
                );
                props.onDone();
            }}
        >
            <p>
                {strategy.id}: sessions that trade this deployment follow within a second. Exits, stops and targets of its open trades go
                on.
            </p>
            <TextField label="Reason, for the history" value={why} onValue={setWhy} />
        </Confirm>
    );
}
