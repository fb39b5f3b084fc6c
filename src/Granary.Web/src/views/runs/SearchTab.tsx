import { useMemo, useState } from 'preact/hooks';
import { download, json } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { SelectField } from '../../components/Field';
import { Figures } from '../../components/Figures';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { counted, number, percent } from '../../format/numbers';
import { runPath, strategyPath, type RunDetails } from './run';
import { isAboveLuck, isMinimised, objectiveOf, scoreOf, shownValue, type Objective, type ParameterSearch, type Trial } from './search';
import { SearchCharts } from './SearchCharts';
import { useLocation } from 'preact-iso';

/** The parameter searches of a run: the best trial beside the luck bar, every trial in charts that point at one another, and a table. */
export function SearchTab(props: { run: RunDetails }) {
    const { run } = props;
    const loaded = useQuery(run.searched ? `run/${run.id}/search` : null, async () => {
        const [{ searches }, objectives] = await Promise.all([
            json<{ searches: ParameterSearch[] }>(`${runPath(run.id)}/search`),
            json<Objective[]>('/catalogue/objectives'),
        ]);
        return { searches, objectives };
    });
    if (!run.searched)
        return (
            <Empty title="This run has no parameter search">
                <p>Give a strategy of its batch a "search" in place of a grid, and run it as optimise.</p>
            </Empty>
        );
    return (
        <Loaded query={loaded} height={900}>
            {({ searches, objectives }) => <Searches run={run} searches={searches} objectives={objectives} />}
        </Loaded>
    );
}

function Searches(props: { run: RunDetails; searches: ParameterSearch[]; objectives: Objective[] }) {
    const { run, searches, objectives } = props;
    const { search: query, set } = useSearch();
    const at = Math.min(Math.max(Number(query.of ?? 0) || 0, 0), searches.length - 1);
    const search = searches[at];
    if (!search) return <Empty title="No search has a trial" />;
    return (
        <>
            {searches.length > 1 && (
                <div class="row fields">
                    <SelectField
                        label="Search"
                        value={String(at)}
                        options={searches.map((s, i) => ({
                            value: String(i),
                            label: `${s.strategy}, ${counted(s.trials.length, 'trial')}`,
                        }))}
                        onValue={(v) => set({ of: v === '0' ? '' : v, x: '', y: '' })}
                    />
                </div>
            )}
            <One key={at} run={run} search={search} objectives={objectives} />
        </>
    );
}

function One(props: { run: RunDetails; search: ParameterSearch; objectives: Objective[] }) {
    const { run, search, objectives } = props;
    const { route } = useLocation();
    const [pointed, setPointed] = useState<number | null>(null);
    const open = (n: number) => {
        const trial = search.trials[n - 1];
        if (trial?.state === 'finished') route(strategyPath(run.id, trial.strategy));
    };
    const above = isAboveLuck(search);
    const names = search.objectives.map((o) => `${isMinimised(o) ? 'least ' : ''}${objectiveOf(o, objectives).name}`);
    return (
        <>
            <p class="lead">
                <Badge kind={above ? 'yes' : 'no'}>{above ? 'Above the luck bar' : 'Not above the luck bar'}</Badge> {search.conclusion}
            </p>
            <Figures
                figures={[
                    {
                        name: 'Best Sharpe ratio',
                        value: number(search.bestSharpe, 2),
                        note:
                            search.best.length > 0
                                ? `trial ${search.best[0]}, on the periods of the luck bar`
                                : 'no trial has a defined objective',
                    },
                    { name: 'Luck bar', value: number(search.luckBar, 2), note: 'the best of so many worthless trials' },
                    {
                        name: 'Trials',
                        value: number(search.trials.length),
                        note: `${number(search.finished)} finished, ${number(search.stopped)} stopped early, ${number(search.failed)} failed`,
                    },
                    { name: 'Method', value: search.method, note: `${counted(search.rounds, 'round')}; by ${names.join(' and ')}` },
                ]}
            />
            <p class="note">
                Point at a trial, or choose it with the arrow keys, to see it in every chart. A click or Enter opens its strategy.
            </p>
            <SearchCharts search={search} objectives={objectives} pointed={pointed} onPoint={setPointed} onOpen={open} />
            <Trials run={run} search={search} objectives={objectives} onOpen={open} />
        </>
    );
}

function Trials(props: { run: RunDetails; search: ParameterSearch; objectives: Objective[]; onOpen: (n: number) => void }) {
    const { run, search, objectives, onOpen } = props;
    const { search: query, set } = useSearch();
    const many = search.objectives.length > 1;
    const show = query.show ?? '';
    const front = useMemo(() => new Set(search.best), [search]);
    const rows = useMemo(
        () => search.trials.filter((t) => (show === 'front' ? front.has(t.number) : show === '' || t.state === show)),
        [search, show, front],
    );
    const columns = useMemo(() => columnsOf(run, search, objectives, front), [run, search, objectives, front]);
    return (
        <section>
            <h2>Trials</h2>
            <div class="row fields">
                <SelectField
                    label="Show"
                    value={show}
                    options={[
                        { value: '', label: `All ${counted(search.trials.length, 'trial')}` },
                        ...(many ? [{ value: 'front', label: `The Pareto front, ${counted(front.size, 'trial')}` }] : []),
                        { value: 'finished', label: `Finished, ${number(search.finished)}` },
                        ...(search.stopped > 0 ? [{ value: 'stopped', label: `Stopped early, ${number(search.stopped)}` }] : []),
                        ...(search.failed > 0 ? [{ value: 'failed', label: `Failed, ${number(search.failed)}` }] : []),
                    ]}
                    onValue={(v) => set({ show: v })}
                />
            </div>
            <DataTable
                label="Trials of the search"
                rows={rows}
                columns={columns}
                id={(t) => String(t.number)}
                sorting={{ id: 'objective0', descending: !isMinimised(search.objectives[0] ?? '') }}
                onOpen={(t) => onOpen(t.number)}
                {...(many ? {} : { selected: new Set(search.best.map(String)) })}
            />
            {run.files.includes('trials.csv') && (
                <div class="actions">
                    <button type="button" onClick={() => void download(`${runPath(run.id)}/files/trials.csv`, 'trials.csv')}>
                        trials.csv
                    </button>
                </div>
            )}
        </section>
    );
}

function columnsOf(run: RunDetails, search: ParameterSearch, objectives: Objective[], front: ReadonlySet<number>): Column<Trial>[] {
    return [
        {
            id: 'number',
            title: 'Trial',
            width: 78,
            value: (t) => t.number,
            cell: (t) => (t.state !== 'finished' ? number(t.number) : <a href={strategyPath(run.id, t.strategy)}>{number(t.number)}</a>),
        },
        ...(search.objectives.length > 1
            ? [
                  {
                      id: 'front',
                      title: 'Front',
                      width: 66,
                      value: (t: Trial) => (front.has(t.number) ? 0 : 1),
                      cell: (t: Trial) => (front.has(t.number) ? 'yes' : ''),
                  },
              ]
            : []),
        ...search.objectives.map((o, i): Column<Trial> => {
            const { name, text } = objectiveOf(o, objectives);
            return {
                id: `objective${i}`,
                title: name,
                width: Math.max(110, 8 * name.length + 20),
                figure: true,
                value: (t) => (Number.isFinite(scoreOf(t, i)) ? scoreOf(t, i) : undefined),
                cell: (t) => text(t.objectives[i]),
            };
        }),
        ...search.space.map((p): Column<Trial> => ({
            id: `value ${p.name}`,
            title: p.name,
            width: Math.max(86, 8 * p.name.length + 24),
            figure: p.values === undefined,
            value: (t) => {
                const v = t.values[p.name];
                return typeof v === 'boolean' ? String(v) : v;
            },
            cell: (t) => shownValue(t.values[p.name]),
        })),
        { id: 'state', title: 'State', width: 90, value: (t) => t.state, cell: (t) => t.state },
        {
            id: 'share',
            title: 'Bars',
            width: 70,
            figure: true,
            value: (t) => t.share,
            cell: (t) => percent(t.share, 0),
            hint: 'Share of the bars on which it ran',
        },
        { id: 'round', title: 'Round', width: 74, figure: true, value: (t) => t.round, cell: (t) => number(t.round) },
    ];
}
