import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { api, json, take, type Schemas } from '../../api/client';
import { serverFaults, type Fault, type JsonMap } from '../../api/jsonSchema';
import { asProblem } from '../../api/problem';
import { Faults } from '../../components/Field';
import { counted } from '../../format/numbers';
import { at, put } from '../batches/batch';
import { stateText, type Job } from '../jobs/job';
import { check, makeBatch, type Check, type Message } from './code';
import { CodePane, type Pane } from './CodePane';
import { find, save, type Draft } from './drafts';
import type { Known } from './EditorView';
import { faultOf, runOf } from './parameters';
import { Results } from './Results';
import { chosenOf, Settings } from './Settings';

/** Milliseconds between two looks at a job that runs. */
const pause = 400;

/** One draft: source with messages, settings and results. */
export function Workspace(props: { draft: Draft; known: Known }) {
    const { draft, known } = props;
    const { name } = draft;
    const [found, setFound] = useState<Check>();
    const [fault, setFault] = useState<string>();
    const [faults, setFaults] = useState<Fault[]>([]);
    const pane = useRef<Pane | null>(null);
    const { job, follow, cancel, busy } = useJob(name, setFaults);
    const settings = (found?.settings ?? null) as JsonMap | null;

    const compile = async (source: string, stop: AbortSignal): Promise<readonly Message[] | null> => {
        try {
            const answer = await check(name, source, stop);
            if (find(name)?.text !== source) return null;
            setFault(undefined);
            // While the file has errors, the fields of its last version stay.
            setFound((before) => (answer.strategies.length > 0 || !before ? answer : { ...before, messages: answer.messages }));
            return answer.messages;
        } catch (e) {
            if (!stop.aborted) setFault(asProblem(e).message);
            return null;
        }
    };

    const run = async () => {
        if (busy()) return;
        const text = find(name)?.text ?? '';
        setFaults([]);
        try {
            const now = await check(name, text);
            setFound(now);
            const chosen = chosenOf(now.strategies, draft.form);
            if (chosen === undefined) {
                pane.current?.check();
                const first = now.messages.find((m) => m.severity === 'error');
                if (first) pane.current?.goTo(first.line, first.column);
                return setFaults([{ path: '', sentence: 'The file has errors; correct them, then run it.' }]);
            }
            if (chosen.parameters.some((p) => faultOf(draft.form.params[p.name] ?? '', p) !== undefined))
                return setFaults([{ path: '', sentence: 'A parameter is not valid; its field says why.' }]);
            const { from, to } = draft.form.data;
            let batch = await makeBatch(runOf({ name, source: text }, chosen, draft.form));
            if (from !== undefined) batch = put(batch, ['data', 'from'], from);
            if (to !== undefined) batch = put(batch, ['data', 'to'], to);
            const entries = Array.isArray(batch.strategies) ? batch.strategies : [];
            const kind = entries.some((s) => at(s, ['search']) !== undefined) ? 'optimise' : 'backtest';
            const headers = { 'Content-Type': 'application/json' };
            const begun = await json<Schemas['JobStatus']>('/jobs?check=true', {
                method: 'POST',
                headers,
                body: JSON.stringify({ kind, batch }),
            });
            follow(begun);
        } catch (e) {
            setFaults(serverFaults(asProblem(e).message));
        }
    };

    const messages = found?.messages ?? [];
    return (
        <div class="editor">
            <div class="source">
                <CodePane
                    text={draft.text}
                    calls={{ name, check: compile, run: () => void run(), changed: (text) => save(name, { text }) }}
                    onReady={(ready) => (pane.current = ready)}
                />
                <p class="note" id="editor-keys">
                    Ctrl Space completes, Ctrl Enter runs, F8 goes to the next message. Tab indents; Escape, then Tab leaves the editor.
                </p>
                <Messages compiler={found?.compiler} messages={messages} fault={fault} onGo={(m) => pane.current?.goTo(m.line, m.column)} />
            </div>
            <div>
                <div class="actions">
                    <button type="button" class="primary" disabled={job !== undefined} onClick={() => void run()}>
                        {job ? 'Running …' : 'Run'}
                    </button>
                    {job && (
                        <button type="button" onClick={cancel}>
                            Cancel
                        </button>
                    )}
                    <span role="status" class="soft">
                        {job && (job.state === 'running' ? (job.progress?.stage ?? stateText.running) : stateText[job.state])}
                    </span>
                </div>
                {job && <Progress job={job} />}
                <Faults faults={faults} />
                {draft.run && <Results id={draft.run} before={draft.before} />}
                <Settings
                    form={draft.form}
                    strategies={found?.strategies ?? []}
                    settings={settings}
                    schema={known.schema}
                    sources={known.sources}
                    faults={faults}
                    onForm={(form) => save(name, { form })}
                />
            </div>
        </div>
    );
}

function Progress(props: { job: Job }) {
    const { bars = 0, barsTotal = 0 } = props.job.progress ?? {};
    return barsTotal > 0 ? <progress aria-label="Progress" max={barsTotal} value={bars} /> : <progress aria-label="Progress" />;
}

function Messages(props: {
    compiler: string | undefined;
    messages: readonly Message[];
    fault: string | undefined;
    onGo: (message: Message) => void;
}) {
    const { messages } = props;
    const errors = messages.filter((m) => m.severity === 'error').length;
    return (
        <>
            {props.fault && (
                <p class="notice wrong" role="alert">
                    {props.fault}
                </p>
            )}
            <p class="note" role="status">
                {props.compiler === undefined
                    ? 'The file is being compiled.'
                    : messages.length === 0
                      ? `The file compiles (${props.compiler}).`
                      : `${counted(errors, 'error')}, ${counted(messages.length - errors, 'warning')}.`}
            </p>
            {messages.length > 0 && (
                <ul class="messages" aria-label="Messages of the compiler">
                    {messages.map((m) => (
                        <li key={`${m.line} ${m.column} ${m.code} ${m.text}`} class={m.severity}>
                            <button type="button" onClick={() => props.onGo(m)}>
                                Line {m.line}, column {m.column}: {m.severity} {m.code}: {m.text}
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </>
    );
}

/** Follows the job of a draft until it ends; its run is then the draft's. It also follows one that was begun before the page was left. */
function useJob(name: string, onFaults: (faults: Fault[]) => void) {
    const [job, setJob] = useState<Job>();
    const running = useRef<string | null>(null);
    const left = useRef(false);
    const report = useRef(onFaults);
    report.current = onFaults;

    const watch = useCallback(
        async (id: string) => {
            running.current = id;
            try {
                for (;;) {
                    const status = await take(api.GET('/api/v1/jobs/{id}', { params: { path: { id } } }));
                    if (left.current) return;
                    setJob(status.ended ? undefined : status);
                    if (status.ended) {
                        const before = find(name)?.run ?? null;
                        if (status.state === 'done') save(name, { job: null, before, run: id });
                        else save(name, { job: null });
                        if (status.state === 'failed') report.current([{ path: '', sentence: status.fault ?? 'The run failed.' }]);
                        break;
                    }
                    await new Promise((go) => setTimeout(go, pause));
                    if (left.current) return;
                }
            } catch (e) {
                setJob(undefined);
                save(name, { job: null });
                report.current([{ path: '', sentence: asProblem(e).message }]);
            }
            running.current = null;
        },
        [name],
    );

    useEffect(() => {
        left.current = false;
        const begun = find(name)?.job;
        if (begun) void watch(begun);
        return () => {
            left.current = true;
        };
    }, [name, watch]);

    return {
        job,
        busy: () => running.current !== null,
        follow: (begun: Job) => {
            save(name, { job: begun.id });
            setJob(begun);
            void watch(begun.id);
        },
        cancel: () => {
            const id = running.current;
            if (id)
                take(api.DELETE('/api/v1/jobs/{id}', { params: { path: { id } } })).catch((e: unknown) =>
                    report.current([{ path: '', sentence: asProblem(e).message }]),
                );
        },
    };
}
