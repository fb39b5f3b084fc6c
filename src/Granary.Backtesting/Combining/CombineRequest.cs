using Granary.Engine.Market;

namespace Granary.Backtesting.Combining;

/// <summary>Options of <c>granary combine</c>.</summary>
/// <param name="Members">Folders of runs, files of trades and equity curves, in the order of the portfolio's members.</param>
internal sealed record CombineRequest(IReadOnlyList<string> Members)
{
    /// <summary>The name of the run; null derives it from the members' names.</summary>
    public string? Name { get; init; }

    /// <summary>A weighting rule, or a CSV with the columns <c>strategy</c> and <c>weight</c>; null = the rule in the members'
    /// batches.</summary>
    public string? Weights { get; init; }

    /// <summary>A JSON file with batch sections that override the members'; null for none.</summary>
    public string? Settings { get; init; }

    /// <summary>
    /// The member, one of <see cref="Members"/>, whose sections the portfolio has where the members' differ; null refuses members
    /// that differ.
    /// </summary>
    public string? SectionsOf { get; init; }

    /// <summary>A source with bars for the symbols of recorded trades; null creates bars from the trades' prices.</summary>
    public string? Bars { get; init; }

    /// <summary>The timeframe of <see cref="Bars"/>.</summary>
    public Timeframe Timeframe { get; init; } = Timeframe.D1;

    /// <summary>The number of systems that were tried before the recorded members were selected; null = unknown.</summary>
    public int? Trials { get; init; }

    /// <summary>Columns of trade files by role; null to detect the program.</summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    /// <summary>The symbol of trades without one in their file; null uses the file's name.</summary>
    public string? Symbol { get; init; }

    /// <summary>The absolute path of the run's folder, which receives the batch and its members.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder from which the paths of the batch start; null for <see cref="Folder"/>.</summary>
    public string? Base { get; init; }
}
