import { useMemo, useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, take } from '../../api/client';
import { asProblem, Problem } from '../../api/problem';
import { useQuery } from '../../api/useQuery';
import { SelectField, TextField } from '../../components/Field';
import { Wrong } from '../../components/Wrong';
import { ShortTable } from '../../components/ShortTable';
import { StrategyId } from '../../components/StrategyName';
import { counted, number, weight } from '../../format/numbers';
import { time } from '../../format/times';
import { Changes } from './Changes';
import { differences, preview, rebase, replace, weightsOf, weightsOfRun, without, type Weights, type WeightsPlan } from './weights';

interface Props {
    id: string;
    /** The weights in force, updated by the server's events; null if none were set. */
    newest: Weights | null;
    run: string;
    onRun: (run: string) => void;
    /** The weights that the account's session uses; empty without a session. */
    inForce: Record<string, number>;
    onSaved: () => void;
}

const pageSize = 100;

/** Edits weights on top of the version that was in force when the edit began. */
export function Editor(props: Props) {
    const { id, newest } = props;
    const [base, setBase] = useState(newest);
    const [mine, setMine] = useState<Record<string, number>>(newest?.weights ?? {});
    const [why, setWhy] = useState('');
    const [plan, setPlan] = useState<WeightsPlan>();
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const changes = useMemo(() => differences(base?.weights ?? {}, mine), [base, mine]);
    const stale = (newest?.version ?? 0) !== (base?.version ?? 0);
    // Without unsaved changes, the newest version replaces the shown one.
    if (stale && changes.length === 0) {
        setBase(newest);
        setMine(newest?.weights ?? {});
    }
    const edit = (weights: Record<string, number>) => {
        setMine(weights);
        setPlan(undefined);
        setProblem(undefined);
    };
    const act = async (action: () => Promise<void>) => {
        setBusy(true);
        setProblem(undefined);
        try {
            await action();
        } catch (fault) {
            const wrong = asProblem(fault);
            setProblem(wrong);
            if (wrong.status === 412) props.onSaved();
        }
        setBusy(false);
    };
    const save = () =>
        act(async () => {
            await replace(id, base?.version ?? 0, mine, why);
            const saved = await weightsOf(id);
            setBase(saved);
            setMine(saved?.weights ?? {});
            setWhy('');
            setPlan(undefined);
            props.onSaved();
        });
    const settle = (weights: Record<string, number>) => {
        setBase(newest);
        edit(weights);
    };
    return (
        <>
            {stale && changes.length > 0 && newest && (
                <Conflict
                    base={base}
                    newest={newest}
                    onMine={() => settle(rebase(base?.weights ?? {}, mine, newest.weights))}
                    onTheirs={() => settle(newest.weights)}
                />
            )}
            {Object.keys(mine).length === 0 && can('admin') && <FromRun run={props.run} onRun={props.onRun} onWeights={edit} />}
            <Table weights={mine} base={base?.weights ?? {}} inForce={props.inForce} onEdit={can('admin') ? edit : undefined} />
            {can('admin') && <AddStrategy weights={mine} onEdit={edit} />}
            {can('admin') && changes.length > 0 && (
                <section class="card" aria-label="Save the changes">
                    <p>
                        {counted(changes.length, 'weight')} changed on top of{' '}
                        {base ? `version ${number(base.version)}` : 'nothing: these are the first'}.
                    </p>
                    <TextField label="Reason, for the history" value={why} onValue={setWhy} />
                    {plan && (
                        <div aria-live="polite">
                            <p class="notice calm">Dry run: this would become version {number(plan.next)}. Nothing is changed yet.</p>
                            <Changes changes={plan.changes} label="What would change" />
                        </div>
                    )}
                    <Wrong>{problem?.status !== 412 && problem?.message}</Wrong>
                    <div class="actions">
                        <button type="button" onClick={() => edit(base?.weights ?? {})}>
                            Discard
                        </button>
                        <span class="push" />
                        <button
                            type="button"
                            disabled={busy || stale}
                            onClick={() => void act(async () => setPlan(await preview(id, { weights: mine })))}
                        >
                            Dry run
                        </button>
                        <button type="button" class="primary" disabled={busy || stale} onClick={() => void save()}>
                            Save as a new version
                        </button>
                    </div>
                </section>
            )}
        </>
    );
}

// Another user saved a version while this one was edited.
function Conflict(props: { base: Weights | null; newest: Weights; onMine: () => void; onTheirs: () => void }) {
    const { base, newest } = props;
    return (
        <section class="notice wrong" role="alert" aria-label="Somebody else changed the weights">
            <p>
                <b>
                    {newest.who} saved version {number(newest.version)} at {time(newest.at)}
                </b>
                {newest.why && `: ${newest.why}`}. Your changes are still here, but they are not saved.
            </p>
            <Changes changes={differences(base?.weights ?? {}, newest.weights)} label={`What ${newest.who} changed`} />
            <div class="actions">
                <button type="button" onClick={props.onMine}>
                    Apply my changes to version {number(newest.version)}
                </button>
                <button type="button" onClick={props.onTheirs}>
                    Discard my changes
                </button>
            </div>
        </section>
    );
}

function Table(props: {
    weights: Record<string, number>;
    base: Record<string, number>;
    inForce: Record<string, number>;
    onEdit: ((weights: Record<string, number>) => void) | undefined;
}) {
    const { weights, base, inForce, onEdit } = props;
    const [page, setPage] = useState(0);
    const [text, setText] = useState('');
    const ids = useMemo(() => [...new Set([base, weights, inForce].flatMap(Object.keys))].sort(), [base, weights, inForce]);
    const found = ids.filter((s) => s.toLowerCase().includes(text.toLowerCase()));
    const pages = Math.max(1, Math.ceil(found.length / pageSize));
    const at = Math.min(page, pages - 1);
    const sum = Object.values(weights).reduce((s, w) => s + w, 0);
    if (ids.length === 0) return null;
    return (
        <>
            <div class="row">
                <TextField
                    label={`Find among ${counted(ids.length, 'strategy', 'strategies')}`}
                    type="search"
                    value={text}
                    onValue={setText}
                />
            </div>
            {Object.keys(weights).length > 0 && (
                <p class="note">
                    The weights sum to {number(sum, 3)};{' '}
                    {counted(Object.values(weights).filter((w) => w !== 0).length, 'strategy', 'strategies')} may enter. 0 switches a
                    strategy off.
                </p>
            )}
            <ShortTable
                label="Weights"
                class="weights"
                rows={found.slice(at * pageSize, (at + 1) * pageSize)}
                kind={(s) => (base[s] === weights[s] ? '' : 'changed')}
                columns={[
                    { title: 'Strategy', cell: (s) => <StrategyId id={s} /> },
                    { title: 'In force', figure: true, cell: (s) => weight(inForce[s] ?? base[s]) },
                    ...(onEdit
                        ? [
                              {
                                  title: 'New weight',
                                  figure: true,
                                  cell: (s: string) => (
                                      <input
                                          key={s}
                                          type="number"
                                          step="any"
                                          aria-label={`New weight of ${s}`}
                                          value={weights[s] ?? ''}
                                          onChange={(e) =>
                                              onEdit(
                                                  e.currentTarget.value === ''
                                                      ? without(weights, s)
                                                      : { ...weights, [s]: e.currentTarget.valueAsNumber },
                                              )
                                          }
                                      />
                                  ),
                              },
                          ]
                        : []),
                ]}
            />
            {pages > 1 && (
                <div class="pages">
                    <button type="button" disabled={at === 0} onClick={() => setPage(at - 1)}>
                        Previous
                    </button>
                    <span class="soft">
                        Page {number(at + 1)} of {number(pages)}
                    </span>
                    <button type="button" disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
                        Next
                    </button>
                </div>
            )}
        </>
    );
}

function AddStrategy(props: { weights: Record<string, number>; onEdit: (weights: Record<string, number>) => void }) {
    const [id, setId] = useState('');
    const [weight, setWeight] = useState('1');
    const value = Number(weight);
    const fault = id.trim() !== '' && id.trim() in props.weights ? 'It has a weight already.' : undefined;
    return (
        <details>
            <summary>Add a strategy by its id</summary>
            <form
                class="row"
                onSubmit={(e) => {
                    e.preventDefault();
                    props.onEdit({ ...props.weights, [id.trim()]: value });
                    setId('');
                }}
            >
                <TextField label="Strategy" value={id} onValue={setId} placeholder="SmaCross(fast=10,slow=30)@BTCUSDT:1h" fault={fault} />
                <TextField label="Weight" type="number" step="any" value={weight} onValue={setWeight} />
                <div class="field">
                    <span class="label" aria-hidden="true">
                        &nbsp;
                    </span>
                    <button type="submit" disabled={id.trim() === '' || fault !== undefined || !Number.isFinite(value)}>
                        Add
                    </button>
                </div>
            </form>
        </details>
    );
}

function FromRun(props: { run: string; onRun: (run: string) => void; onWeights: (weights: Record<string, number>) => void }) {
    const runs = useQuery('runs', () => take(api.GET('/api/v1/runs', { params: { query: { limit: 1000 } } })));
    const [problem, setProblem] = useState<Problem>();
    return (
        <section class="card" aria-label="Begin with the weights of a run">
            <SelectField
                label="Begin with the weights of a run"
                value={props.run}
                options={[
                    { value: '', label: 'Choose' },
                    ...(runs.data?.items ?? []).map((r) => ({ value: r.id, label: `${r.name}, ${time(r.created)}` })),
                ]}
                onValue={props.onRun}
            />
            <Wrong>{problem?.message}</Wrong>
            <button
                type="button"
                disabled={props.run === ''}
                onClick={() => void weightsOfRun(props.run).then(props.onWeights, (e: unknown) => setProblem(asProblem(e)))}
            >
                Take its weights
            </button>
        </section>
    );
}
