import { useLocation, useRoute } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, download, take, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery, useRepeated } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Confirm } from '../../components/Dialog';
import { Figures } from '../../components/Figures';
import { LineChart } from '../../components/LineChart';
import { Loaded } from '../../components/States';
import { Wrong } from '../../components/Wrong';
import { ShortTable } from '../../components/ShortTable';
import { strategyPath } from '../runs/run';
import { bytes, counted, number, percent, short, signedPercent, tone } from '../../format/numbers';
import { duration, time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { StudyResult } from '../studies/StudyResult';
import { Result } from './Result';
import { paceOf, resultPath, stateKind, stateText, type Job } from './job';

/** One job: its progress, its best strategies so far, and its result. */
export default function JobView() {
    const { params } = useRoute();
    const id = params.id ?? '';
    const loaded = useQuery(`job/${id}`, () => take(api.GET('/api/v1/jobs/{id}', { params: { path: { id } } })));
    const job = loaded.data;
    useRepeated(loaded, job?.ended !== true);
    useTitle(job?.name ?? 'Job');
    const { query, route } = useLocation();
    const goes = query.then === 'results' && job?.state === 'done';
    useEffect(() => {
        if (goes && job) route(resultPath(job), true);
    }, [goes, job, route]);
    return (
        <Loaded query={loaded} height={500} title="Job">
            {(j) => (
                <>
                    {loaded.problem && !j.ended && (
                        <p class="notice">The connection to the server is lost. This page reconnects automatically.</p>
                    )}
                    <JobDetails job={j} onChanged={loaded.reload} />
                </>
            )}
        </Loaded>
    );
}

function JobDetails(props: { job: Job; onChanged: () => void }) {
    const { job } = props;
    const [asking, setAsking] = useState(false);
    const pace = usePace(job);
    const { progress } = job;
    const path = resultPath(job);
    const resume = useAction(async () => {
        await take(api.POST('/api/v1/jobs/{id}/resume', { params: { path: { id: job.id } } }));
        props.onChanged();
    });
    return (
        <>
            <p class="eyebrow">
                {job.kind} · submitted <span class="nowrap">{time(job.submittedAt)}</span> by {job.submittedBy}
            </p>
            <div class="actions">
                <h1>{job.name}</h1>
                <Badge kind={stateKind[job.state]}>{stateText[job.state]}</Badge>
                <span class="push" />
                {job.state === 'done' && path.startsWith('/runs/') && (
                    <a class="button primary" href={path}>
                        See the results
                    </a>
                )}
                {can('submitter') && !job.ended && (
                    <button type="button" class="danger" onClick={() => setAsking(true)}>
                        Cancel
                    </button>
                )}
                {can('submitter') && job.state === 'cancelled' && (
                    <button type="button" class="primary" disabled={resume.busy} onClick={resume.run}>
                        Resume
                    </button>
                )}
                {can('submitter') && ['backtest', 'optimise'].includes(job.kind ?? '') && job.ended && (
                    <a class="button" href={`/batches/new?as=${job.kind}&like=${encodeURIComponent(job.id)}`}>
                        Run again
                    </a>
                )}
            </div>
            <Wrong>{job.fault}</Wrong>
            <Wrong>{resume.problem?.message}</Wrong>
            {!job.ended && <progress aria-label="Progress" max={1} value={pace.part ?? 0} />}
            <p class="note" role="status">
                {job.state === 'queued'
                    ? 'Waits for the jobs before it.'
                    : job.ended
                      ? stateText[job.state]
                      : (progress?.stage ?? stateText[job.state])}
            </p>
            <Figures
                figures={[
                    ...(progress?.strategies
                        ? [
                              {
                                  name: job.kind === 'optimise' ? 'Trials' : 'Strategies',
                                  value: number(progress.done),
                                  note: `of ${number(progress.strategies)}${progress.failed ? `, ${number(progress.failed)} failed` : ''}`,
                              },
                              ...(job.kind === 'optimise'
                                  ? [
                                        {
                                            name: job.ended ? 'Best' : 'Best so far',
                                            value: number(progress.leaders?.[0]?.sharpe, 2),
                                            note: 'Sharpe ratio on the bars of its trial',
                                        },
                                        {
                                            name: 'Rate',
                                            value: short(pace.elapsed ? progress.done / pace.elapsed : undefined),
                                            note: `trials a second; ${short(pace.rate)} bar evaluations`,
                                        },
                                    ]
                                  : [{ name: 'Rate', value: short(pace.rate), note: 'bar evaluations a second' }]),
                          ]
                        : []),
                    { name: 'Remaining', value: duration(pace.remaining), note: `${duration(pace.elapsed)} so far` },
                    {
                        name: 'Processors',
                        value: progress?.load ? `${number(progress.load.cpuPercent)}%` : '–',
                        note: '100% is one busy processor',
                    },
                    {
                        name: 'Memory',
                        value: bytes(progress?.load?.memoryBytes),
                        note: progress?.load ? `${counted(progress.load.waiting, 'piece')} of work wait` : 'of the server',
                    },
                ]}
            />
            {job.kind === 'optimise' && !job.ended && <BestSoFar job={job} />}
            <Leaders leaders={progress?.leaders ?? []} job={job} />
            {job.kind === 'study' ? <StudyResult job={job} /> : <Result job={job} />}
            <Files job={job} />
            {asking && (
                <Confirm
                    title={`Cancel ${job.name}?`}
                    action="Cancel the job"
                    danger
                    onClose={() => setAsking(false)}
                    onConfirm={() => take(api.DELETE('/api/v1/jobs/{id}', { params: { path: { id: job.id } } })).then(() => undefined)}
                >
                    <p>It stops after the strategies that are being computed now. What has finished stays in its folder.</p>
                </Confirm>
            )}
        </>
    );
}

// Updates the time between two events too.
function usePace(job: Job) {
    const [now, setNow] = useState(Date.now());
    useEffect(() => {
        if (job.ended) return;
        const timer = setInterval(() => setNow(Date.now()), 500);
        return () => clearInterval(timer);
    }, [job.ended]);
    return paceOf(job, Math.max(now, Date.now()));
}

/** The best Sharpe ratio against the number of trials, as far as this page has seen the search. */
function BestSoFar(props: { job: Job }) {
    const { done = 0, leaders } = props.job.progress ?? {};
    const best = leaders?.[0]?.sharpe;
    const [seen, setSeen] = useState<{ done: number; best: number }[]>([]);
    useEffect(() => {
        if (typeof best !== 'number') return;
        setSeen((before) => (before.at(-1)?.done === done ? before : [...before, { done, best }]));
    }, [done, best]);
    if (seen.length < 2) return null;
    return (
        <LineChart
            title="Best Sharpe ratio so far"
            unit="by trials done, since this page was opened"
            summary="The best Sharpe ratio of the search against the number of trials that are done"
            x={seen.map((s) => s.done)}
            plain={(v) => number(v)}
            height={160}
            lines={[{ name: 'Best so far', values: seen.map((s) => s.best), colour: 's1' }]}
        />
    );
}

function Leaders(props: { leaders: Schemas['StrategyLeader'][]; job: Job }) {
    const { leaders, job } = props;
    const searches = job.kind === 'experiment' && leaders.length > 0;
    if (!['backtest', 'optimise'].includes(job.kind ?? '') && !searches) return null;
    const what = searches ? 'Best models' : job.kind === 'optimise' ? 'Best trials' : 'Best strategies';
    return (
        <section>
            <h2>{job.ended ? what : `${what} so far`}</h2>
            <p class="note">
                {searches
                    ? 'Sorted by the fitness of the search, with the trades that each model admitted. The best of many is partly luck: the result tests them on later windows.'
                    : 'Sorted by Sharpe ratio, each strategy in its own account. The best of many is partly luck: the validation checks of the results show how much.'}
            </p>
            <ShortTable
                label={what}
                rows={leaders}
                columns={[
                    {
                        title: searches ? 'Model' : 'Strategy',
                        cell: (l) => (job.state === 'done' && !searches ? <a href={strategyPath(job.id, l.id)}>{l.id}</a> : l.id),
                    },
                    { title: 'Sharpe ratio', figure: true, cell: (l) => number(l.sharpe, 2) },
                    { title: 'Total return', figure: true, cell: (l) => signedPercent(l.totalReturn), tone: (l) => tone(l.totalReturn) },
                    { title: 'Max drawdown', figure: true, cell: (l) => percent(l.maxDrawdown) },
                    { title: 'Trades', figure: true, cell: (l) => number(l.trades) },
                ]}
                empty={job.ended ? 'This job has no results by strategy.' : 'The first strategies have not finished yet.'}
            />
        </section>
    );
}

function Files(props: { job: Job }) {
    const { job } = props;
    const path = (name: string) => `/jobs/${encodeURIComponent(job.id)}/files/${encodeURIComponent(name)}`;
    if ((job.files ?? []).length === 0) return null;
    return (
        <section>
            <h2>Files</h2>
            <div class="actions">
                {job.files?.map((name) => (
                    <button key={name} type="button" onClick={() => void download(path(name), name)}>
                        {name}
                    </button>
                ))}
            </div>
        </section>
    );
}
