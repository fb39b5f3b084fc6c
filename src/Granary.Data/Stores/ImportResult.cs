using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>Result of the import of one file.</summary>
public sealed record ImportResult
{
    public required string File { get; init; }

    public required string Format { get; init; }

    public required string Symbol { get; init; }

    public required Timeframe Timeframe { get; init; }

    /// <summary>Bars in the file.</summary>
    public required long Read { get; init; }

    /// <summary>Bars that the store did not have.</summary>
    public required long Added { get; init; }

    /// <summary>Bars that the store had with other values.</summary>
    public required long Replaced { get; init; }

    /// <summary>Bars that the store had with the same values.</summary>
    public required long Unchanged { get; init; }

    public required long SkippedRows { get; init; }

    /// <summary>Bars in the store now.</summary>
    public required long Total { get; init; }

    public required long First { get; init; }

    public required long Last { get; init; }

    public required string ContentHash { get; init; }

    /// <summary>The first differences between replaced and new values.</summary>
    public required IReadOnlyList<BarDifference> Differences { get; init; }

    /// <summary>Notes, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Whether the import changed the store.</summary>
    public bool Changed => Added + Replaced > 0;

    /// <summary>The result before a store has changed anything.</summary>
    public static ImportResult Of(BarsToStore bars) => new()
    {
        File = bars.From,
        Format = bars.Format,
        Symbol = bars.Instrument.Symbol,
        Timeframe = bars.Timeframe,
        Read = bars.Count,
        Added = 0,
        Replaced = 0,
        Unchanged = 0,
        SkippedRows = bars.SkippedRows,
        Total = 0,
        First = 0,
        Last = 0,
        ContentHash = "",
        Differences = [],
        Notes = bars.Notes,
    };
}
