import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/problem';
import type { Query } from '../api/useQuery';

/** Nothing is here yet. It says what would be here, and what to do. */
export function Empty(props: { title: string; children?: ComponentChildren }) {
    return (
        <section class="state">
            <h2>{props.title}</h2>
            {props.children}
        </section>
    );
}

/** The space of what is being loaded, as high as it will be, so that nothing jumps. */
export function Loading(props: { height?: number; label?: string }) {
    return (
        <div class="loading" role="status" style={{ height: props.height ?? 240 }}>
            <span class="hidden">{props.label ?? 'Loading'}</span>
        </div>
    );
}

/** Something failed: what, and what to do. */
export function Failed(props: { problem: Problem; retry?: () => void; children?: ComponentChildren }) {
    const { problem, retry } = props;
    return (
        <section class="state" role="alert">
            <h2>{problem.title}</h2>
            <p>{problem.detail}</p>
            {problem.status === 401 && <p>Choose Key in the header, and enter a key of this server.</p>}
            {retry && (
                <button type="button" onClick={retry}>
                    Try again
                </button>
            )}
            {props.children}
        </section>
    );
}

/** A query's data; its loading or failed state until there are any. */
export function Loaded<T>(props: { query: Query<T>; height?: number; children: (data: T) => ComponentChildren }) {
    const { query } = props;
    if (query.data !== undefined) return <>{props.children(query.data)}</>;
    if (query.problem) return <Failed problem={query.problem} retry={query.reload} />;
    return props.height === undefined ? <Loading /> : <Loading height={props.height} />;
}
