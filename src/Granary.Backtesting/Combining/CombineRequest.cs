using Granary.Engine.Market;

namespace Granary.Backtesting.Combining;

/// <summary>What <c>granary combine</c> is asked.</summary>
/// <param name="Members">Folders of runs, files of trades and equity curves, in the order of the portfolio's members.</param>
public sealed record CombineRequest(IReadOnlyList<string> Members)
{
    /// <summary>Of the run; null makes one of the members'.</summary>
    public string? Name { get; init; }

    /// <summary>A rule, or a CSV with the columns <c>strategy</c> and <c>weight</c>; null = the rule of the members' batches.</summary>
    public string? Weights { get; init; }

    /// <summary>A JSON file with sections of a batch, which hold in place of the members'; null for none.</summary>
    public string? Settings { get; init; }

    /// <summary>A source with bars of the symbols of recorded trades; null makes bars of the trades' own prices.</summary>
    public string? Bars { get; init; }

    /// <summary>Of <see cref="Bars"/>.</summary>
    public Timeframe Timeframe { get; init; } = Timeframe.D1;

    /// <summary>How many systems were tried before the recorded members were chosen; null = not known.</summary>
    public int? Trials { get; init; }

    /// <summary>Columns of files of trades by role; null recognises the program.</summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    /// <summary>Of trades whose file names no symbol; null takes the file's name.</summary>
    public string? Symbol { get; init; }

    /// <summary>The run's folder, absolute: the batch and its members are written into it.</summary>
    public required string Folder { get; init; }
}
