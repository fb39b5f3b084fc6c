namespace Granary.Contracts.MarketData;

/// <summary>A market in a bar file of the data folder that batches can use.</summary>
public sealed record BarFileEntry
{
    /// <summary>Relative to the data folder, with '/'; a folder if the market has a file for each day.</summary>
    public required string File { get; init; }

    /// <summary>The value for the key 'source' of a batch.</summary>
    public required string Source { get; init; }

    /// <summary>Its name in the source.</summary>
    public required string Symbol { get; init; }

    /// <summary>The length of its bars; null if the rows do not show it.</summary>
    public string? Timeframe { get; init; }

    /// <summary>The file's format; null if it is unknown.</summary>
    public string? Format { get; init; }

    /// <summary>How many bars it has.</summary>
    public required long Bars { get; init; }

    /// <summary>The first bar's open, UTC; null without bars.</summary>
    public DateTime? First { get; init; }

    /// <summary>The last bar's open, UTC; null without bars.</summary>
    public DateTime? Last { get; init; }

    /// <summary>The file's size.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many findings the check of its bars has, without those for information.</summary>
    public required int Findings { get; init; }

    /// <summary>Of the worst finding: Warning or Error; null without one.</summary>
    public string? Severity { get; init; }

    /// <summary>The worst finding in a sentence, or why the file cannot be read; null if nothing is odd.</summary>
    public string? Odd { get; init; }
}

/// <summary>A page of the bar files in the data folder.</summary>
/// <param name="Total">How many match.</param>
/// <param name="Waiting">Files that are not read yet; the server reads them in the background.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record BarFilePage(IReadOnlyList<BarFileEntry> Items, int Total, int Waiting, string? Next);
