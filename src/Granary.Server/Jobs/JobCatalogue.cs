using System.Collections.Frozen;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;

namespace Granary.Server.Jobs;

/// <summary>The kinds of jobs that a process can run.</summary>
/// <param name="catalogues">The catalogues of the process. Their confinement holds whenever a job is read: at its submission, and when it
/// runs, since a folder may have become a link in between.</param>
/// <param name="kinds">The kinds, with unique names.</param>
internal sealed class JobCatalogue(GranaryCatalogues catalogues, IEnumerable<JobKind> kinds)
{
    /// <summary>The kind whose text is a batch file, for jobs under <c>/batches</c>.</summary>
    public const string Backtest = "backtest";

    private readonly FrozenDictionary<string, JobKind> _kinds = kinds.ToFrozenDictionary(k => k.Name, StringComparer.Ordinal);

    /// <summary>The kinds sorted by name.</summary>
    public IReadOnlyList<JobKind> Kinds { get; } = [.. kinds.OrderBy(k => k.Name, StringComparer.Ordinal)];

    /// <summary>Returns a sentence as callers see it; see <see cref="GranaryCatalogues.Shown"/>.</summary>
    public string Shown(string sentence) => catalogues.Shown(sentence);

    /// <summary>Returns a kind by its name; null if there is none.</summary>
    public JobKind? Find(string name) => _kinds.GetValueOrDefault(name);

    /// <inheritdoc cref="JobKind.RefusalOf"/>
    public string? RefusalOf(JobKind kind, string key, RunSummary run, IReadOnlyList<string> chosen) =>
        kind.RefusalOf(key, run, chosen, catalogues) is { } fault ? catalogues.Shown(fault) : null;

    /// <summary>Text of a job that is given in the format of POST /jobs: of a backtest its batch alone, else the object.</summary>
    /// <param name="job">An object with <c>kind</c>.</param>
    /// <param name="whole">The text that <paramref name="job"/> was parsed from; lines and columns stay as they are there.</param>
    /// <exception cref="InputException">A backtest without <c>batch</c>, or with other keys.</exception>
    public static byte[] TextOf(JsonPart job, byte[] whole) => job.Need("kind").String() == Backtest
        ? [.. job.Only("kind", "batch").Need("batch").Alone(whole).SkipWhile(b => b == ' ')]
        : job.Alone(whole);

    /// <summary>Parses and validates a job.</summary>
    /// <exception cref="InputException">
    /// The kind is unknown, the text is invalid, or an address leads out of a confined server's folder.
    /// </exception>
    public Job Read(JobText text) => Read(text, catalogues);

    /// <inheritdoc cref="Read(JobText)"/>
    /// <param name="within">Catalogues with a stricter confinement than the process's.</param>
    public Job Read(JobText text, GranaryCatalogues within)
    {
        if (_kinds.TryGetValue(text.Kind, out var kind)) return kind.Read(text, within);
        var near = Spelling.Nearest(text.Kind, _kinds.Keys);
        throw new InputException($"{text.File}: there is no kind of job '{text.Kind}'; "
            + (near is null ? $"use one of {string.Join(", ", Kinds.Select(k => k.Name))}" : $"did you mean '{near}'?"));
    }
}
