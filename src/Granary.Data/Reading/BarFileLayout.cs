using Granary.Data.Files;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Everything that must be known of a file before its bars can be read at full speed.</summary>
public abstract record BarFileLayout
{
    private protected BarFileLayout()
    {
    }

    /// <summary>The format's name.</summary>
    public required string Format { get; init; }

    /// <summary>How times are written.</summary>
    public required DateStyle DateStyle { get; init; }

    /// <summary>The day that milliseconds since midnight count from.</summary>
    public int BaseDay { get; init; }

    /// <summary>Whether day and month may have been swapped, as far as the first rows tell.</summary>
    public bool AmbiguousDates { get; init; }

    /// <summary>The IANA zone of times that carry none; null is UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>What the file's times stand for where the format lays it down; null goes by the options.</summary>
    public BarStamp? Stamp { get; init; }

    /// <summary>What the format says of the venue: its name, currency and hours.</summary>
    public Instrument? Template { get; init; }

    /// <summary>Whether there is a column of adjusted closes.</summary>
    public abstract bool HasAdjustedClose { get; }

    /// <summary>What the user of the bars should know; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal abstract BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options, Action<RowFault>? onFault);
}

/// <summary>Rows of delimited fields.</summary>
public sealed record RowLayout : BarFileLayout
{
    /// <summary>Stands between two fields.</summary>
    public required byte Delimiter { get; init; }

    /// <summary>The role of each column of a row.</summary>
    public required ColumnRole[] Columns { get; init; }

    /// <summary>What messages call the columns; null where the file has no header.</summary>
    public string[]? Names { get; init; }

    /// <summary>Lines before the first row.</summary>
    public int HeaderLines { get; init; }

    /// <summary>Prices are divided by ten to this power.</summary>
    public int PriceScale { get; init; }

    /// <summary>Rows whose prices are all <see cref="NullMark"/> are days without a quote, to be skipped and counted.</summary>
    public bool SkipNullRows { get; init; }

    /// <summary>What stands in the place of a price that is missing.</summary>
    public string NullMark { get; init; } = "null";

    /// <summary>Numbers are written as 1.234,56.</summary>
    public bool DecimalComma { get; init; }

    /// <summary>The close is the only price of a row, and so its open, high and low.</summary>
    public bool OnePrice { get; init; }

    /// <summary>What the column of the symbol says, if there is one.</summary>
    public byte[]? Symbol { get; init; }

    /// <inheritdoc/>
    public override bool HasAdjustedClose => Columns.Contains(ColumnRole.AdjustedClose);

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        new DelimitedParser(this, file.DisplayName, collector, options, onFault);
}
