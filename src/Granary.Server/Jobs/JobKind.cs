using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Server.Jobs;

/// <summary>A kind of job that can be submitted.</summary>
public abstract class JobKind
{
    /// <summary>The name in requests.</summary>
    public abstract string Name { get; }

    /// <summary>A description in one sentence, for lists of kinds.</summary>
    public abstract string Summary { get; }

    /// <summary>The keys of a request beside <c>kind</c>, for forms.</summary>
    public virtual IReadOnlyList<RecordKey> Keys => [];

    /// <summary>Parses and validates a job of this kind.</summary>
    /// <param name="catalogues">The catalogues of the process.</param>
    /// <exception cref="InputException">The text is invalid; the message has all faults.</exception>
    public abstract Job Read(JobText text, GranaryCatalogues catalogues);
}
