import { api, download, json, take } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { SelectField } from '../../components/Field';
import { Figures } from '../../components/Figures';
import { LineChart } from '../../components/LineChart';
import { Pairs } from '../../components/Pairs';
import { ShortTable } from '../../components/ShortTable';
import { Empty, Loaded } from '../../components/States';
import { Wrong } from '../../components/Wrong';
import { counted, none, number, percent, signedNumber } from '../../format/numbers';
import { date } from '../../format/times';
import { useTitle } from '../../layout/title';
import { at, parseBatch } from '../batches/batch';
import { runPath, type RunDetails } from '../runs/run';
import { modelOf, payOf, referenceNames, type CostModel, type Costs, type Measured } from './costs';

const basis = (v: number | null | undefined) => (v == null ? none : signedNumber(v, 2));

/** What the fills of an account cost, with intervals, and what a batch would pay by them. */
export default function CostsView() {
    useTitle('Costs');
    const { search, set } = useSearch();
    const sessions = useQuery('sessions', () => take(api.GET('/api/v1/sessions')));
    return (
        <>
            <h1>Costs</h1>
            <p class="lead">
                The slippage of market and stop orders, measured from the fills of an account. A batch can pay it in the place of an
                assumption.
            </p>
            <Loaded query={sessions} height={400}>
                {(page) => {
                    const accounts = page.map((s) => s.id);
                    const account = accounts.find((a) => a === search.account) ?? accounts[0];
                    if (account === undefined)
                        return (
                            <Empty title="No account has traded yet">
                                <p>
                                    Trade a run on paper first, or measure the fills of another program with{' '}
                                    <code>granary costs fit FILLS.csv</code>.
                                </p>
                                <a class="button" href="/live">
                                    See the sessions
                                </a>
                            </Empty>
                        );
                    return (
                        <>
                            <div class="row fields">
                                <SelectField
                                    label="Account"
                                    value={account}
                                    options={accounts.map((a) => ({ value: a, label: a }))}
                                    onValue={(a) => set({ account: a })}
                                />
                            </div>
                            <Fit account={account} />
                        </>
                    );
                }}
            </Loaded>
        </>
    );
}

function Fit(props: { account: string }) {
    const path = `/sessions/${encodeURIComponent(props.account)}/costs`;
    const costs = useQuery(path, () => json<Costs>(path));
    const saving = useAction(() => download(path, 'costs.json'));
    return (
        <Loaded query={costs} height={400}>
            {(c) => {
                const model = modelOf(c.models);
                return (
                    <>
                        <Figures
                            figures={[
                                { name: 'Fills', value: number(c.fills), note: counted(c.days, 'day') },
                                {
                                    name: 'Cost of a fill',
                                    value: `${basis(model?.pool.mean)} bp`,
                                    note: model ? `against the ${referenceNames[model.reference] ?? model.reference}` : '',
                                },
                                {
                                    name: `Interval of ${percent(c.level, 0)}`,
                                    value: model ? `${basis(model.pool.low)} to ${basis(model.pool.high)}` : none,
                                    note: 'basis points',
                                },
                                {
                                    name: 'Upper end',
                                    value: `${basis(model?.pool.upper)} bp`,
                                    note: `one-sided ${percent(c.upperLevel, 0)}`,
                                },
                                { name: 'Fee', value: `${basis(c.fee)} bp`, note: 'of the value of a fill' },
                            ]}
                        />
                        <p class="note">
                            From {date(c.from)} to {date(c.to)}. A positive cost is a loss against the reference price.{' '}
                            {Object.entries(c.leftOut)
                                .map(([why, fills]) => `${counted(fills, 'fill')} left out: ${why}.`)
                                .join(' ')}
                        </p>
                        {c.notes.length > 0 && (
                            <div class="notice calm">
                                <ul>
                                    {c.notes.map((n) => (
                                        <li key={n}>{n}</li>
                                    ))}
                                </ul>
                            </div>
                        )}
                        {model && <Payment models={c.models} />}
                        {c.models.map((m) => (
                            <Model key={m.reference} model={m} />
                        ))}
                        <h2>Use it</h2>
                        <p>
                            Save the costs beside a batch, and name them in its section <code>execution</code>:{' '}
                            <code>{'"costs": "costs.json", "at": "mean"'}</code>, or <code>upper</code> for the careful end.
                        </p>
                        <div class="actions">
                            <button type="button" class="primary" disabled={saving.busy} onClick={() => saving.run()}>
                                Download costs.json
                            </button>
                            <span class="soft">hash {c.hash.slice(0, 12)}</span>
                        </div>
                        <Wrong>{saving.problem?.message}</Wrong>
                    </>
                );
            }}
        </Loaded>
    );
}

function Model(props: { model: CostModel }) {
    const { model } = props;
    const rows: { name: string; fills: number; raw: number; cost: Measured }[] = [
        { name: 'All fills', fills: model.fills, raw: model.raw, cost: model.pool },
        ...model.sides.map((s) => ({ name: s.side, fills: s.fills, raw: s.raw, cost: s.cost })),
        ...model.cells.map((s) => ({ name: `${s.side} at ${s.venue ?? 'any venue'}`, fills: s.fills, raw: s.raw, cost: s.cost })),
    ];
    const size = model.size;
    return (
        <section>
            <h2>Against the {referenceNames[model.reference] ?? model.reference}</h2>
            <p class="note">Basis points, at mean size, volatility and hour; intervals have 99%.</p>
            <ShortTable
                label={`Costs against the ${referenceNames[model.reference] ?? model.reference}`}
                rows={rows}
                columns={[
                    { title: 'Fills of', cell: (r) => r.name, nowrap: true },
                    { title: 'Fills', figure: true, cell: (r) => number(r.fills) },
                    { title: 'Mean of fills', figure: true, cell: (r) => basis(r.raw) },
                    { title: 'Cost', figure: true, cell: (r) => basis(r.cost.mean) },
                    { title: 'Low', figure: true, cell: (r) => basis(r.cost.low) },
                    { title: 'High', figure: true, cell: (r) => basis(r.cost.high) },
                    { title: 'Upper', figure: true, cell: (r) => basis(r.cost.upper) },
                ]}
            />
            {size && size.curve.length > 1 && (
                <LineChart
                    title="Cost by the size of an order"
                    unit="basis points more than at the mean size; across the share of the bar’s volume"
                    summary="How the cost grows with the size of an order, with its interval"
                    x={size.curve.map((p) => p.at)}
                    plain={(v) => percent(v, 2)}
                    format={(v) => number(v, 2)}
                    height={180}
                    bands={[{ high: 2, low: 1, colour: 's1', strength: 14 }]}
                    lines={[
                        { name: 'Cost', values: size.curve.map((p) => p.mean), colour: 's1' },
                        { name: 'low', values: size.curve.map((p) => p.low), colour: 's1', edge: true },
                        { name: 'high', values: size.curve.map((p) => p.high), colour: 's1', edge: true },
                    ]}
                />
            )}
        </section>
    );
}

/** What the portfolio of a run would have paid by the measured costs. */
function Payment(props: { models: readonly CostModel[] }) {
    const { search, set } = useSearch();
    const runs = useQuery('runs to pay', () => take(api.GET('/api/v1/runs', { params: { query: { limit: 100 } } })));
    return (
        <section>
            <h2>What a batch would pay</h2>
            <Loaded query={runs} height={160}>
                {(page) => {
                    const items = page.items.filter((r) => r.kind !== 'live');
                    const run = items.find((r) => r.id === search.run) ?? items[0];
                    if (run === undefined) return <p class="soft">There is no finished run yet.</p>;
                    return (
                        <>
                            <div class="row fields">
                                <SelectField
                                    label="Run"
                                    value={run.id}
                                    options={items.map((r) => ({ value: r.id, label: `${r.name}, ${date(r.created)}` }))}
                                    onValue={(id) => set({ run: id })}
                                />
                            </div>
                            <Paid run={run.id} models={props.models} />
                        </>
                    );
                }}
            </Loaded>
        </section>
    );
}

/** The portfolio of a run, and the price at which the orders of its batch fill. */
async function takeTraded(run: string) {
    const details = await json<RunDetails>(runPath(run));
    const manifest = details.files.includes('manifest.json')
        ? await json<{ spec?: string }>(`${runPath(run)}/files/manifest.json`)
        : undefined;
    const isAtClose = at(parseBatch(manifest?.spec ?? '').value, ['execution', 'fill']) === 'same-close';
    return { ...details.portfolio, fill: isAtClose ? ('same-close' as const) : ('next-open' as const) };
}

function Paid(props: { run: string; models: readonly CostModel[] }) {
    const { run, models } = props;
    const found = useQuery(`pay ${run}`, () => takeTraded(run));
    return (
        <Loaded query={found} height={160}>
            {({ stats, traded, fill }) => {
                const model = modelOf(models, fill);
                if (traded == null || model === undefined) return <p class="soft">The portfolio of this run has no fills.</p>;
                const pay = payOf(traded, model.pool);
                return (
                    <>
                        <Pairs
                            pairs={[
                                { name: 'Closed trades of the portfolio', value: number(stats?.trades) },
                                { name: 'Bought and sold', value: number(traded) },
                                { name: 'Slippage by these costs', value: number(pay.mean, 2) },
                                { name: 'Interval of 99%', value: `${number(pay.low, 2)} to ${number(pay.high, 2)}` },
                                { name: 'At the upper end', value: number(pay.upper, 2) },
                                { name: 'Commission that the run paid', value: number(stats?.commission, 2) },
                            ]}
                        />
                        <p class="note">
                            At the cost of a fill of mean size against the {referenceNames[model.reference] ?? model.reference}, without the
                            effect of the size, the hour and the volatility of each fill. A cost below zero counts as zero. A run with these
                            costs in its batch pays each fill its own.
                        </p>
                    </>
                );
            }}
        </Loaded>
    );
}
