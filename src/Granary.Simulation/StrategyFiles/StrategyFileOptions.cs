namespace Granary.Simulation.StrategyFiles;

/// <summary>Options of a call about a strategy file; they win over the comment in the file.</summary>
internal sealed record StrategyFileOptions
{
    /// <summary>Address of the bars, as in <c>data.source</c>; null = the comment's, or a guess.</summary>
    public string? Source { get; init; }

    /// <summary>Symbols; empty = the comment's, or all that the source has.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Timeframe; null = the comment's, or the source's.</summary>
    public string? Timeframe { get; init; }

    /// <summary>Parameters as <c>fast=5..50:5</c>, <c>fast=5,10</c> or <c>fast=5</c>.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Name of the strategy's class; null = the only one in the file.</summary>
    public string? Class { get; init; }

    /// <summary>Source of the bars if neither the call nor the comment names one; null = it has to be named.</summary>
    public string? SampleSource { get; init; }

    /// <summary>Base folder of a relative path in <see cref="Source"/>.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>Whether a server runs the batch, which opens the source itself: nothing about the source is guessed here.</summary>
    public bool IsRemote { get; init; }
}
