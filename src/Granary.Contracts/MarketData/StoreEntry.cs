namespace Granary.Contracts.MarketData;

/// <summary>A store of bars in the data folder.</summary>
/// <param name="Store">Its folder, relative to the data folder, with '/'; <c>.</c> for the data folder itself.</param>
/// <param name="Markets">By symbol and timeframe.</param>
public sealed record StoreEntry(string Store, IReadOnlyList<StoredMarketEntry> Markets);

/// <summary>A source of bars that a batch can name.</summary>
/// <param name="Source">The value for the key 'source' of a batch.</param>
/// <param name="Timeframe">The length of its bars; of files, that of the first file.</param>
/// <param name="Symbols">By name.</param>
public sealed record SourceEntry(string Source, string Timeframe, IReadOnlyList<string> Symbols);

/// <summary>One market of a store.</summary>
/// <param name="First">The first bar's open, UTC.</param>
/// <param name="Last">The last bar's open, UTC.</param>
/// <param name="Bytes">On disk; null = unknown.</param>
/// <param name="Fault">Why it cannot be read; null for a good one.</param>
public sealed record StoredMarketEntry(string Symbol, string Timeframe, long Bars, DateTime First, DateTime Last, long? Bytes,
    string? Fault);

/// <summary>How many bars a market has on each day.</summary>
/// <param name="Zone">The market's time zone, IANA.</param>
/// <param name="From">The UTC day of the first count.</param>
/// <param name="Counts">Bars by UTC day, each day to the last bar's.</param>
/// <param name="Usual">Median number of bars of a day with bars.</param>
/// <param name="Missing">Days without bars on which the market usually trades; holidays of its calendar do not count.</param>
/// <param name="Short">
/// Days with fewer than 95 % of the bars of the calendar's session or, without a calendar, of the median day of that weekday. The first and
/// the last day are left out, and all days of a market that trades seldom.
/// </param>
/// <param name="Calendar">The market's session calendar, such as XNYS; null if none is known.</param>
public sealed record MarketCoverage(string Symbol, string Timeframe, string Zone, DateOnly From, IReadOnlyList<int> Counts, int Usual,
    IReadOnlyList<DateOnly> Missing, IReadOnlyList<DateOnly> Short, string? Calendar);

/// <summary>A finding of <c>data check</c> with the market that it is about.</summary>
/// <param name="Symbol">The market's symbol; <c>all</c> for a finding that all markets share.</param>
/// <param name="Severity">Info, Warning or Error.</param>
/// <param name="Check">A name of QualityCheck.</param>
public sealed record FindingRow(string Symbol, string Severity, string Check, string Place, string Sentence, string Remedy);

/// <summary>A file that a caller has uploaded.</summary>
/// <param name="Path">The value for the key 'files' of an import, relative to the server's data folder.</param>
/// <param name="Source">The value for the key 'source' of a batch; the symbol is the file's name without its extension.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="UploadedAt">UTC.</param>
public sealed record Upload(string Name, string Path, string Source, long Bytes, DateTimeOffset UploadedAt);
