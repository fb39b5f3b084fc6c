namespace Granary;

/// <summary>The keys of a batch's <c>data</c>.</summary>
public sealed record BatchData
{
    /// <summary>Several sources, each with its own symbols; from, to and warmUp stand beside them.</summary>
    public IReadOnlyList<BatchData>? Parts { get; init; }

    /// <summary>Of a part: what its relative paths are relative to.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Address of the bars: <c>csv:FOLDER</c>, <c>store:FOLDER</c>, <c>generated:ACME?from=2015-01-01&amp;to=2024-01-01</c>.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>Auto or a name of granary data formats, such as yahoo or metatrader; default <c>auto</c>.</summary>
    public string? Format { get; init; }

    /// <summary>A list, or "*" for all of the source (files of several symbols).</summary>
    public IReadOnlyList<string>? Symbols { get; init; }

    /// <summary>Of the source's bars: 1m 3m 5m 10m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w 1mo. Bars of another one are refused.</summary>
    public string? Timeframe { get; init; }

    /// <summary>First bar, UTC, as 2024-01-31 or 2024-01-31T14:30:00Z (only ISO 8601).</summary>
    public string? From { get; init; }

    /// <summary>End of the bars: the first bar that is left out.</summary>
    public string? To { get; init; }

    /// <summary>
    /// Bars that close after this time are not read, in any timeframe: they stay unseen for a judgement (trial budgets).
    /// </summary>
    public string? Holdout { get; init; }

    /// <summary>The 500 bars of the longest timeframe before from warm up factors and crossings; default <c>true</c>.</summary>
    public bool? WarmUp { get; init; }

    /// <summary>IANA zone, such as America/New_York, of CSV times without one; bare dates stay dates.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Use an adjusted-close column if present; default <c>true</c>.</summary>
    public bool? Adjust { get; init; }

    /// <summary>Whether a file's times are bar opens or closes: open, close.</summary>
    public string? Stamp { get; init; }

    /// <summary>
    /// Columns by header or number from 1: { "time": "Datum", "open": 2, "high": 3, "low": 4, "close": 5 }; also timeOfDay, adjustedClose,
    /// volume, and symbol, the column that tells markets apart ("": none does). Those that are left out are found by the header.
    /// </summary>
    public BatchColumns? Columns { get; init; }

    /// <summary>
    /// Further columns of the bars that factors read; those that a text of this file names as column(…) need not be listed (columns).
    /// </summary>
    public IReadOnlyList<string>? FurtherColumns { get; init; }

    /// <summary>Slower series, such as sentiment or reports, as further columns of the bars (columns).</summary>
    public IReadOnlyList<BatchAsof>? Asof { get; init; }

    /// <summary>Settings by symbol, "*" for all others: Instruments.</summary>
    public Dictionary<string, BatchInstrument>? Instruments { get; init; }

    /// <summary>
    /// Funding rates of perpetual futures: a file of time,rate and optional symbol and mark, a store, or an object of these by symbol
    /// (Perpetual futures).
    /// </summary>
    public GivenFunding? Funding { get; init; }

    /// <summary>
    /// Exchange rates of an account with another currency than its instruments: a source of bars, such as csv:rates with EURUSD and USDJPY,
    /// or a table (currencies).
    /// </summary>
    public BatchFx? Fx { get; init; }

    /// <summary>
    /// Says what short positions cost and how much can be borrowed for them: a CSV or Parquet table of time,symbol,fee,available
    /// (borrowing).
    /// </summary>
    public BatchBorrow? Borrow { get; init; }
}
