namespace Granary;

/// <summary>The keys of a batch's <c>data.columns</c>.</summary>
public sealed record BatchColumns
{
    /// <summary>Of the time, or of the date.</summary>
    public Values? Time { get; init; }

    /// <summary>Of a time of day beside a date.</summary>
    public Values? TimeOfDay { get; init; }

    /// <summary>Of the open.</summary>
    public Values? Open { get; init; }

    /// <summary>Of the high.</summary>
    public Values? High { get; init; }

    /// <summary>Of the low.</summary>
    public Values? Low { get; init; }

    /// <summary>Of the close.</summary>
    public Values? Close { get; init; }

    /// <summary>Of the adjusted close.</summary>
    public Values? AdjustedClose { get; init; }

    /// <summary>Of the volume.</summary>
    public Values? Volume { get; init; }

    /// <summary>That names the market of each row; empty if none does.</summary>
    public Values? Symbol { get; init; }
}
