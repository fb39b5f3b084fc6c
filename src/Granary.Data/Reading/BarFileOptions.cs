using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>How bar files are to be read.</summary>
public sealed record BarFileOptions
{
    /// <summary>"auto" or the name of one of the <see cref="Formats"/>.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>The formats that the process knows; null for Granary's own.</summary>
    public IBarFormats? Formats { get; init; }

    /// <summary>Scale open, high, low and close by adjusted close / close, where the file has an adjusted close. Volume stays.</summary>
    public bool Adjust { get; init; } = true;

    public BarStamp Stamp { get; init; } = BarStamp.Open;

    public DateOrder DateOrder { get; init; } = DateOrder.Detect;

    /// <summary>The IANA zone of times that carry none; null is UTC, or what the format lays down (LEAN's equities: New York).</summary>
    public string? TimeZone { get; init; }

    /// <summary>Which column is what, for files whose headers say it otherwise; null goes by the header.</summary>
    public ColumnMapping? Columns { get; init; }

    /// <summary>Everything about the instrument that a bar file does not say; its symbol, and decimals, come from the file.</summary>
    public Instrument? Template { get; init; }

    /// <summary>
    /// How many bytes of bars are kept in memory after the first reading; a longer file is read again from the disk each time.
    /// </summary>
    public long MemoryBudget { get; init; } = 256L << 20;
}
