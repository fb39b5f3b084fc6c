import { useMemo } from 'preact/hooks';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { SelectField } from '../../components/Field';
import { HeatTable } from '../../components/HeatTable';
import { Empty, Loaded } from '../../components/States';
import { counted, number, percent, signedPercent } from '../../format/numbers';
import { mapOf, stabilityOf, varied } from './parameters';
import { loadStrategies, type RunDetails, type Strategy } from './run';

const figures = [
    { value: 'sharpe', label: 'Sharpe ratio' },
    { value: 'totalReturn', label: 'Total return' },
    { value: 'maxDrawdown', label: 'Max drawdown' },
    { value: 'profitFactor', label: 'Profit factor' },
];

/** How a figure depends on two parameters, over all markets of a class. */
export function ParameterMaps(props: { run: RunDetails }) {
    const { id } = props.run;
    const all = useQuery(`run/${id}/all`, async () => {
        const items: Strategy[] = [];
        let cursor: string | undefined;
        do {
            const page = await loadStrategies(id, { limit: 1000, ...(cursor ? { cursor } : {}) });
            items.push(...page.items);
            cursor = page.next ?? undefined;
        } while (cursor);
        return items;
    });
    return (
        <Loaded query={all} height={480}>
            {(strategies) => <Map strategies={strategies} />}
        </Loaded>
    );
}

function Map(props: { strategies: Strategy[] }) {
    const { search, set: setSearch, hrefOf } = useSearch();
    const classes = useMemo(
        () =>
            [...new Set(props.strategies.map((s) => s.class))].filter(
                (c) => varied(props.strategies.filter((s) => s.class === c)).length > 0,
            ),
        [props.strategies],
    );
    const name = search.class ?? classes[0] ?? '';
    const symbols = useMemo(
        () => [...new Set(props.strategies.filter((s) => s.class === name).map((s) => s.symbol))],
        [props.strategies, name],
    );
    const own = props.strategies.filter((s) => s.class === name && (!search.symbol || s.symbol === search.symbol));
    const parameters = varied(own);
    const figure = search.figure ?? 'sharpe';
    const x = parameters.includes(search.x ?? '') ? (search.x ?? '') : (parameters[0] ?? '');
    const y = parameters.includes(search.y ?? '') && search.y !== x ? (search.y ?? '') : (parameters.find((p) => p !== x) ?? '');
    if (classes.length === 0)
        return (
            <Empty title="No parameter has several values">
                <p>Give a parameter an array in the batch file, for example "fast": [10, 20, 30], and run it.</p>
            </Empty>
        );
    const map = mapOf(own, x, y, figure);
    const text = (v: number) => (figure === 'totalReturn' ? signedPercent(v, 1) : figure === 'maxDrawdown' ? percent(v, 1) : number(v, 2));
    const stability = stabilityOf(map);
    const names = parameters.map((p) => ({ value: p, label: p }));
    return (
        <>
            <div class="row">
                <SelectField
                    label="Class"
                    value={name}
                    onValue={(v) => setSearch({ class: v, x: '', y: '', symbol: '' })}
                    options={classes.map((c) => ({ value: c, label: c }))}
                />
                <SelectField
                    label="Market"
                    value={search.symbol ?? ''}
                    onValue={(symbol) => setSearch({ symbol })}
                    options={[{ value: '', label: 'All' }, ...symbols.map((s) => ({ value: s, label: s }))]}
                />
                <SelectField label="Figure" value={figure} onValue={(v) => setSearch({ figure: v })} options={figures} />
                <SelectField label="Across" value={x} onValue={(v) => setSearch({ x: v })} options={names} />
                {parameters.length > 1 && (
                    <SelectField label="Down" value={y} onValue={(v) => setSearch({ y: v })} options={names.filter((n) => n.value !== x)} />
                )}
            </div>
            <p class="lead">
                Median of {counted(own.length, 'strategy', 'strategies')}. Stability {percent(stability, 0)}: neighbours in the map are
                alike where it is near 100%. A single good cell among bad ones is luck. A cell opens the strategy in its middle.
            </p>
            <HeatTable
                label={`${figure} by ${x} and ${y}`}
                corner={y === '' ? figure : `${y} \\ ${x}`}
                columns={map.xs.map((name) => ({ name: String(name) }))}
                rows={map.ys.map((v, r) => ({
                    name: v === '' ? figures.find((f) => f.value === figure)?.label : v,
                    cells: (map.cells[r] ?? []).map(
                        (cell) =>
                            cell && {
                                text: text(cell.median),
                                value: figure === 'maxDrawdown' ? -cell.median : figure === 'profitFactor' ? cell.median - 1 : cell.median,
                                href: hrefOf({ tab: '', strategy: cell.strategy }),
                                title: `${counted(cell.count, 'strategy', 'strategies')}; opens ${cell.strategy}`,
                            },
                    ),
                }))}
            />
        </>
    );
}
