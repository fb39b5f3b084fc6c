using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Keys;

namespace Granary.Server.Jobs;

/// <summary>A kind of job that can be submitted.</summary>
internal abstract class JobKind
{
    /// <summary>The name in requests.</summary>
    public abstract string Name { get; }

    /// <summary>A description in one sentence, for lists of kinds.</summary>
    public abstract string Summary { get; }

    /// <summary>
    /// Whether callers with limits may submit its jobs: their trials are known before they run, and they reach nothing but the bars of
    /// their section <c>data</c>.
    /// </summary>
    public virtual bool CountsTrials => false;

    /// <summary>The keys of a request beside <c>kind</c>, for forms.</summary>
    public virtual IReadOnlyList<RecordKey> Keys => [];

    /// <summary>Returns why a run cannot be the value of a key, in one sentence; null if it can.</summary>
    /// <param name="key">A key of the request that names a run or takes the batch of one.</param>
    /// <param name="run">A finished run.</param>
    /// <param name="chosen">The ids of the runs that are chosen already.</param>
    public virtual string? RefusalOf(string key, RunSummary run, IReadOnlyList<string> chosen, GranaryCatalogues catalogues) => key == "batch"
        && run.Kind == RunKinds.Live ? "it is of a live session and has no batch; take the run of its configuration" : null;

    /// <summary>Parses and validates a job of this kind.</summary>
    /// <param name="catalogues">The catalogues of the process.</param>
    /// <exception cref="InputException">The text is invalid; the message has all faults.</exception>
    public abstract Job Read(JobText text, GranaryCatalogues catalogues);
}
