import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/problem';
import type { Query } from '../api/useQuery';

/** The state without content: describes the missing content and what to do. */
export function Empty(props: { title: string; children?: ComponentChildren }) {
    return (
        <section class="state">
            <h2>{props.title}</h2>
            {props.children}
        </section>
    );
}

/** A placeholder with the height of the content that is being loaded, so that the page does not jump. */
export function Loading(props: { height?: number; label?: string }) {
    return (
        <div class="loading" role="status" style={{ height: props.height ?? 240 }}>
            <span class="hidden">{props.label ?? 'Loading'}</span>
        </div>
    );
}

/** The state after an error: the error, and what to do. */
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

/**
 * A query's data; its loading or failed state until there are any.
 * @param props.title The heading of a page that has its own only with the data: a page always has one.
 */
export function Loaded<T>(props: { query: Query<T>; height?: number; title?: string; children: (data: T) => ComponentChildren }) {
    const { query, title, height } = props;
    if (query.data !== undefined) return <>{props.children(query.data)}</>;
    return (
        <>
            {title !== undefined && <h1 class="hidden">{title}</h1>}
            {query.problem ? <Failed problem={query.problem} retry={query.reload} /> : <Loading height={height ?? 240} />}
        </>
    );
}
