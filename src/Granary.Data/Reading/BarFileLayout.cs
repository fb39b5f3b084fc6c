using System.Text;
using Granary.Data.Files;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Structure of a bar file that a parser needs before it reads the rows.</summary>
public abstract record BarFileLayout
{
    private protected BarFileLayout()
    {
    }

    /// <summary>The format's name.</summary>
    public required string Format { get; init; }

    /// <summary>Date format of the times.</summary>
    public required DateStyle DateStyle { get; init; }

    /// <summary>The day of times that are milliseconds since midnight, as days since 0001-01-01.</summary>
    public int BaseDay { get; init; }

    /// <summary>Whether day and month may be swapped, as far as the first rows show.</summary>
    public bool AmbiguousDates { get; init; }

    /// <summary>The IANA zone of times without an offset; null is UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Meaning of the file's times if the format defines it; null = the options define it.</summary>
    public BarStamp? Stamp { get; init; }

    /// <summary>Venue, currency and trading hours that the format defines.</summary>
    public Instrument? Template { get; init; }

    /// <summary>Whether there is a column of adjusted closes.</summary>
    public abstract bool HasAdjustedClose { get; }

    /// <summary>Notes for the user of the bars; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The symbols in the file, in order; at most one if it holds one market.</summary>
    internal virtual IReadOnlyList<string> SymbolsIn(TextFile file) => [];

    /// <summary>Returns the layout of one of several markets.</summary>
    internal virtual BarFileLayout Of(string symbol) => this;

    internal abstract BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options, Action<RowFault>? onFault);
}

/// <summary>Layout of rows with delimited fields.</summary>
public sealed record RowLayout : BarFileLayout
{
    /// <summary>The byte between two fields.</summary>
    public required byte Delimiter { get; init; }

    /// <summary>The role of each column of a row.</summary>
    public required ColumnRole[] Columns { get; init; }

    /// <summary>Column names in messages; null if the file has no header.</summary>
    public string[]? Names { get; init; }

    /// <summary>The number of lines before the first row.</summary>
    public int HeaderLines { get; init; }

    /// <summary>Prices are divided by this power of ten.</summary>
    public int PriceScale { get; init; }

    /// <summary>Rows without any price (empty, null, NaN or a point) are days without a quote; they are skipped and counted.</summary>
    public bool SkipNullRows { get; init; }

    /// <summary>Whether numbers are written as 1.234,56. Null detects it from the first rows; a decimal point if they do not show
    /// it.</summary>
    public bool? DecimalComma { get; init; }

    /// <summary>Whether most of the first rows have currency signs or volumes such as 4.16M; then a dash means no volume.</summary>
    internal bool HasUnits { get; init; }

    /// <summary>The close is the only price of a row, and is used as open, high and low too.</summary>
    public bool OnePrice { get; init; }

    /// <summary>Text of the symbol column, if there is one.</summary>
    public byte[]? Symbol { get; init; }

    /// <summary>The columns of each market, by symbol, if the rows hold several markets side by side.</summary>
    internal IReadOnlyDictionary<string, ColumnRole[]>? Markets { get; init; }

    /// <summary>Rows of another symbol belong to other markets and are skipped.</summary>
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
