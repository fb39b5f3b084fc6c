using System.Collections.Frozen;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Server.Jobs;

/// <summary>The kinds of jobs that a process runs.</summary>
/// <param name="catalogues">What the process knows.</param>
/// <param name="kinds">Each name once.</param>
public sealed class JobCatalogue(GranaryCatalogues catalogues, IEnumerable<JobKind> kinds)
{
    /// <summary>The kind whose text is a batch file: the jobs under <c>/batches</c>.</summary>
    public const string Backtest = "backtest";

    private readonly FrozenDictionary<string, JobKind> _kinds = kinds.ToFrozenDictionary(k => k.Name, StringComparer.Ordinal);

    /// <summary>By name.</summary>
    public IReadOnlyList<JobKind> Kinds { get; } = [.. kinds.OrderBy(k => k.Name, StringComparer.Ordinal)];

    /// <summary>Reads and checks a job.</summary>
    /// <param name="confinement">Where the addresses of its text may lead; null for a text that has been judged.</param>
    /// <exception cref="InputException">There is no such kind, or the text is wrong.</exception>
    public Job Read(JobText text, Confinement? confinement = null)
    {
        if (_kinds.TryGetValue(text.Kind, out var kind)) return kind.Read(text, catalogues with { Confinement = confinement });
        var near = Spelling.Nearest(text.Kind, _kinds.Keys);
        throw new InputException($"{text.File}: there is no kind of job '{text.Kind}'; "
            + (near is null ? $"use one of {string.Join(", ", Kinds.Select(k => k.Name))}" : $"did you mean '{near}'?"));
    }
}
