import { useMemo } from 'preact/hooks';
import { send, prefix } from '../../api/client';
import { problemOf } from '../../api/problem';
import { takeCurve } from '../../api/series';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { SelectField } from '../../components/Field';
import { Figures } from '../../components/Figures';
import { LineChart } from '../../components/LineChart';
import { ShortTable } from '../../components/ShortTable';
import { Loaded } from '../../components/States';
import { StrategyName } from '../../components/StrategyName';
import { rowsOf } from '../../format/csv';
import { counted, number, percent, signedPercent, tone } from '../../format/numbers';
import { date } from '../../format/times';
import { currencyOf, runPath, tradePath, type RunDetails } from './run';
import { chosenNumbers, windowsOf, type WindowRow } from './windows';

const colours = ['s1', 's2', 's3', 's4', 'soft'];

/** The windows of a walk-forward: what was chosen in each, on what record, and what it earned after it. */
export function Windows(props: { run: RunDetails }) {
    const { run } = props;
    const { search, set } = useSearch();
    const loaded = useQuery(`run/${run.id}/windows`, async () => {
        const answer = await send(`${location.origin}${prefix}${runPath(run.id)}/files/windows.csv`);
        if (!answer.ok) throw await problemOf(answer);
        return windowsOf(rowsOf(await answer.text()));
    });
    return (
        <Loaded query={loaded} height={600}>
            {(all) => {
                const groups = [...new Set(all.map((w) => w.group))];
                const group = groups.find((g) => g === search.group) ?? groups[0] ?? '';
                return (
                    <>
                        <p class="lead">
                            At the end of each window the best parameters of its record are chosen; they trade the time after it. Only that
                            time counts in the results of the run.
                        </p>
                        <Summary run={run} choices={all.length} />
                        <div class="filters">
                            <SelectField
                                label="Choices of"
                                value={group}
                                options={groups.map((g) => ({ value: g, label: g }))}
                                onValue={(g) => set({ group: g, window: '' })}
                            />
                        </div>
                        <Choices run={run} rows={all.filter((w) => w.group === group)} />
                    </>
                );
            }}
        </Loaded>
    );
}

function Summary(props: { run: RunDetails; choices: number }) {
    const w = props.run.walkForward;
    if (w === undefined) return null;
    return (
        <Figures
            figures={[
                { name: 'Windows', value: number(w.windows), note: counted(props.choices, 'choice') },
                { name: 'Trials', value: number(w.tried), note: 'combinations tried, over all choices' },
                {
                    name: 'Mean return in sample',
                    value: signedPercent(w.meanInSampleReturn),
                    tone: tone(w.meanInSampleReturn),
                    note: 'of a window’s choice',
                },
                {
                    name: 'Mean return after it',
                    value: signedPercent(w.meanOutOfSampleReturn),
                    tone: tone(w.meanOutOfSampleReturn),
                    note: 'out of sample',
                },
                {
                    name: 'Earned after it',
                    value: percent(w.chosen === 0 ? undefined : w.gained / w.chosen, 0),
                    note: `${number(w.gained)} of ${counted(w.chosen, 'choice')}`,
                },
            ]}
        />
    );
}

function Choices(props: { run: RunDetails; rows: readonly WindowRow[] }) {
    const { run, rows } = props;
    const { search, hrefOf } = useSearch();
    const shown = rows.find((r) => r.chosenAt === search.window);
    const x = useMemo(() => rows.map((r) => Date.parse(r.chosenAt) / 1000), [rows]);
    const params = useMemo(() => chosenNumbers(rows), [rows]);
    return (
        <>
            <div class="pair">
                {params.map((p, i) => (
                    <LineChart
                        key={p.name}
                        title={`Chosen ${p.name}`}
                        unit="by the time of the choice"
                        summary={`The values of ${p.name} that were chosen in ${counted(rows.length, 'window')}`}
                        x={x}
                        height={150}
                        format={(v) => number(v, 2)}
                        lines={[{ name: p.name, values: p.values, colour: colours[i % colours.length] ?? 's1', dots: true }]}
                    />
                ))}
                <LineChart
                    title="Return in sample and after it"
                    unit="percent, by the time of the choice"
                    summary="The return of each choice in its window, and in the time that it traded"
                    x={x}
                    height={150}
                    format={(v) => percent(v, 1)}
                    lines={[
                        { name: 'In sample', values: rows.map((r) => r.inSample ?? null), colour: 's2', dashed: true },
                        { name: 'After it', values: rows.map((r) => r.outOfSample ?? null), colour: 's1' },
                    ]}
                />
            </div>
            <ShortTable
                label="Windows"
                rows={rows}
                kind={(r) => (r === shown ? 'chosen' : '')}
                columns={[
                    {
                        title: 'Traded',
                        nowrap: true,
                        cell: (r) => (
                            <a href={hrefOf({ window: r === shown ? '' : r.chosenAt })} title="Show the equity of this window">
                                {date(r.chosenAt)} – {date(r.to)}
                            </a>
                        ),
                    },
                    { title: 'Record', nowrap: true, cell: (r) => `from ${date(r.from)}` },
                    {
                        title: 'Chosen',
                        cell: (r) =>
                            r.strategy === '' ? (
                                <span class="soft">nothing</span>
                            ) : (
                                Object.entries(r.params)
                                    .map(([k, v]) => `${k} ${v}`)
                                    .join(', ') || <StrategyName id={r.strategy} />
                            ),
                    },
                    { title: 'Trials', figure: true, cell: (r) => number(r.trials) },
                    { title: 'Objective', figure: true, cell: (r) => number(r.objective, 2) },
                    { title: 'after it', figure: true, cell: (r) => number(r.outOfSampleObjective, 2) },
                    { title: 'Return', figure: true, cell: (r) => signedPercent(r.inSample), tone: (r) => tone(r.inSample) },
                    { title: 'after it', figure: true, cell: (r) => signedPercent(r.outOfSample), tone: (r) => tone(r.outOfSample) },
                    { title: 'Trades', figure: true, cell: (r) => number(r.trades) },
                    {
                        title: 'Chart',
                        cell: (r) =>
                            r.strategy !== '' && (
                                <a
                                    href={tradePath(run.id, {
                                        strategy: r.strategy,
                                        symbol: r.strategy.split('@')[1]?.split(':')[0]?.split('+')[0] ?? '',
                                        entryTime: r.chosenAt,
                                    })}
                                    aria-label={`Prices from ${date(r.chosenAt)} on`}
                                >
                                    Prices
                                </a>
                            ),
                    },
                ]}
            />
            {shown && <WindowEquity run={run} row={shown} />}
        </>
    );
}

// The equity of the run while the choice traded.
function WindowEquity(props: { run: RunDetails; row: WindowRow }) {
    const { run, row } = props;
    const query = { points: 600, from: row.chosenAt, to: row.to };
    const curve = useQuery(`run/${run.id}/equity/${row.chosenAt}/${row.to}`, () => takeCurve(run.id, 'equity', query));
    return (
        <Loaded query={curve} height={260}>
            {(c) => (
                <LineChart
                    title={`Equity of the portfolio from ${date(row.chosenAt)} to ${date(row.to)}`}
                    unit={currencyOf(run)}
                    summary="The equity of the portfolio in the window"
                    x={c.times.map((t) => Date.parse(t) / 1000)}
                    lines={[{ name: 'Equity', values: c.values, colour: 's1' }]}
                />
            )}
        </Loaded>
    );
}
