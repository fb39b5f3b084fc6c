using System.Text;
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

    /// <summary>The symbols in the file, in order; none or one where it holds one market.</summary>
    internal virtual IReadOnlyList<string> SymbolsIn(TextFile file) => [];

    /// <summary>The layout of one of several markets.</summary>
    internal virtual BarFileLayout Of(string symbol) => this;

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

    /// <summary>Rows without any price (empty, null, NaN or a point) are days without a quote, to be skipped and counted.</summary>
    public bool SkipNullRows { get; init; }

    /// <summary>Whether numbers are written as 1.234,56; null lets the first rows decide, and is a decimal point where they do
    /// not.</summary>
    public bool? DecimalComma { get; init; }

    /// <summary>Whether most of the first rows have currency signs or volumes as 4.16M, so that a dash is a volume of none.</summary>
    internal bool HasUnits { get; init; }

    /// <summary>The close is the only price of a row, and so its open, high and low.</summary>
    public bool OnePrice { get; init; }

    /// <summary>What the column of the symbol says, if there is one.</summary>
    public byte[]? Symbol { get; init; }

    /// <summary>The columns of each of several markets that stand side by side, by symbol.</summary>
    internal IReadOnlyDictionary<string, ColumnRole[]>? Markets { get; init; }

    /// <summary>Rows of another symbol are another market's, and are passed over.</summary>
    internal bool SkipsOthers { get; init; }

    /// <inheritdoc/>
    public override bool HasAdjustedClose => Columns.Contains(ColumnRole.AdjustedClose);

    internal override IReadOnlyList<string> SymbolsIn(TextFile file) =>
        Markets is not null ? [.. Markets.Keys.Order(StringComparer.Ordinal)] : Symbol is null ? [] : SymbolScan.OfRows(file, this);

    internal override BarFileLayout Of(string symbol) => Markets is not null ? this with { Columns = Markets[symbol], Markets = null }
        : this with { Symbol = Encoding.UTF8.GetBytes(symbol), SkipsOthers = true };

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        new DelimitedParser(this, file.DisplayName, collector, options, onFault);
}
