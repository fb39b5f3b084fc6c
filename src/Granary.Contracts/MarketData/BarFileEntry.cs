namespace Granary.Contracts.MarketData;

/// <summary>A market in a bar file of the data folder that batches can use.</summary>
/// <param name="File">Relative to the data folder, with '/'; a folder if the market has a file for each day.</param>
/// <param name="Source">The value for the key 'source' of a batch.</param>
/// <param name="Symbol">Its name in the source.</param>
/// <param name="Timeframe">The length of its bars; null if the rows do not show it.</param>
/// <param name="Format">The file's format; null if it is unknown.</param>
/// <param name="Bars">How many bars it has.</param>
/// <param name="First">The first bar's open, UTC; null without bars.</param>
/// <param name="Last">The last bar's open, UTC; null without bars.</param>
/// <param name="Bytes">The file's size.</param>
/// <param name="Findings">How many findings the check of its bars has, without those for information.</param>
/// <param name="Severity">Of the worst finding: Warning or Error; null without one.</param>
/// <param name="Odd">The worst finding in a sentence, or why the file cannot be read; null if nothing is odd.</param>
public sealed record BarFileEntry(string File, string Source, string Symbol, string? Timeframe, string? Format, long Bars, DateTime? First,
    DateTime? Last, long Bytes, int Findings, string? Severity, string? Odd);

/// <summary>A page of the bar files in the data folder.</summary>
/// <param name="Total">How many match.</param>
/// <param name="Waiting">Files that are not read yet; the server reads them in the background.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record BarFilePage(IReadOnlyList<BarFileEntry> Items, int Total, int Waiting, string? Next);
