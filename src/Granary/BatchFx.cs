namespace Granary;

/// <summary>The keys of a batch's <c>data.fx</c>.</summary>
public sealed record BatchFx
{
    /// <summary>
    /// A source of bars, such as csv:rates with EURUSD and USDJPY, or a table of time,EURUSD,USDJPY or time,symbol,rate.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>Of the bars of the rates.</summary>
    public string? Timeframe { get; init; }

    /// <summary>Auto or a name of granary data formats, of the files of bars; default <c>auto</c>.</summary>
    public string? Format { get; init; }

    /// <summary>The oldest rate that is used, as 4d: over weekends and holidays the last one counts; default <c>7d</c>.</summary>
    public string? MaxAge { get; init; }
}
