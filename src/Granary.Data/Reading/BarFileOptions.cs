using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.Reading;

/// <summary>Options for reading bar files.</summary>
public sealed record BarFileOptions
{
    /// <summary>"auto" or the name of one of the <see cref="Formats"/>.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>The formats that the process knows; null for Granary's own.</summary>
    public IBarFormats? Formats { get; init; }

    /// <summary>The files that may be opened.</summary>
    public PermittedFiles Files { get; init; } = PermittedFiles.All;

    /// <summary>Scale open, high, low and close by adjusted close / close, where the file has an adjusted close. Volume stays.</summary>
    public bool Adjust { get; init; } = true;

    /// <summary>Meaning of the times; null for opens, and for weeks and months the one that their dates show.</summary>
    public BarStamp? Stamp { get; init; }

    /// <summary>The clock, by which years of two digits are not later than the current one.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public DateOrder DateOrder { get; init; } = DateOrder.Detect;

    /// <summary>The IANA zone of times without an offset; null is UTC, or the format's zone (LEAN's equities: New York).</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether prices at or below zero are prices, as of crude oil in April 2020, and not faults.</summary>
    public bool AllowsNegative { get; init; }

    /// <summary>Roles of the columns, for files with other header names; null = by the header.</summary>
    public ColumnMapping? Columns { get; init; }

    /// <summary>Instrument properties that a bar file does not contain; the symbol and the decimals come from the file.</summary>
    public Instrument? Template { get; init; }

    /// <summary>
    /// The bytes of bars to keep in memory after the first reading; a larger file is read from the disk each time.
    /// </summary>
    public long MemoryBudget { get; init; } = 256L << 20;
}
