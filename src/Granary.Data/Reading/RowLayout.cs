using System.Text;
using Granary.Data.Files;
using Granary.Data.Tables;

namespace Granary.Data.Reading;

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

    /// <summary>The texts of the columns with the role <see cref="ColumnRole.Constant"/>, by column.</summary>
    internal IReadOnlyList<byte[]?> Constants { get; init; } = [];

    /// <summary>Names of columns without a role that may tell rows of equal time apart.</summary>
    internal IReadOnlyList<string> OtherKeys { get; init; } = [];

    /// <summary>The columns of each market, by symbol, if the rows hold several markets side by side.</summary>
    internal IReadOnlyDictionary<string, ColumnRole[]>? Markets { get; init; }

    /// <summary>Names of the further columns that are read; null for none.</summary>
    internal string[]? FurtherNames { get; init; }

    /// <summary>Place in <see cref="FurtherNames"/> of each column with the role <see cref="ColumnRole.Further"/>.</summary>
    internal int[] FurtherAt { get; init; } = [];

    /// <summary>The format of a file of typed columns; null for a text.</summary>
    internal ITableFormat? Table { get; init; }

    /// <summary>Rows of another symbol belong to other markets and are skipped.</summary>
    internal bool SkipsOthers { get; init; }

    /// <inheritdoc/>
    public override bool HasAdjustedClose => Columns.Contains(ColumnRole.AdjustedClose);

    internal override IReadOnlyList<string> SymbolsIn(TextFile file)
    {
        if (Markets is not null) return [.. Markets.Keys.Order(StringComparer.Ordinal)];
        if (Symbol is null) return [];
        return Table is null ? SymbolScan.OfRows(file, this) : SymbolScan.OfTable(file, this);
    }

    internal override BarFileLayout Of(string symbol) => Markets is not null ? this with { Columns = Markets[symbol], Markets = null }
        : this with { Symbol = Encoding.UTF8.GetBytes(symbol), SkipsOthers = true };

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        Table is null ? new DelimitedParser(this, file.DisplayName, collector, options, onFault)
            : new TableParser(this, file, collector, options, onFault);
}
