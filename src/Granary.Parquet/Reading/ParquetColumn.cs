using System.Globalization;
using Granary.Data.Tables;
using ParquetSharp;
using ParquetSharp.Schema;

namespace Granary.Parquet.Reading;

/// <summary>A column of a Parquet file, whose values become a table's.</summary>
/// <param name="Index">Its first column in the file, in which a list or structure has several.</param>
/// <param name="Create">Makes the reader of one row group; null if the values cannot be read.</param>
internal sealed record ParquetColumn(int Index, TableColumn Column, Func<ColumnReader, ValueReader>? Create)
{
    /// <summary>Whether values are unsigned, which orders the file's statistics differently.</summary>
    public bool IsUnsigned { get; init; }

    // Digits that a long holds.
    private const int LongDigits = 18;

    public static ParquetColumn Nested(int index, string name, Node root)
    {
        using var logical = root.LogicalType;
        var type = logical.Type switch
        {
            LogicalTypeEnum.List => "list",
            LogicalTypeEnum.Map => "map",
            _ => "structure",
        };
        return new ParquetColumn(index, new TableColumn(name, TableKind.Other) { Type = type }, null);
    }

    private ParquetColumn Unsigned() => this with { IsUnsigned = true, Column = Column with { IsUnsigned = true } };

    public static ParquetColumn Of(int index, string name, ColumnDescriptor column)
    {
        using var logical = column.LogicalType;
        if (column.MaxRepetitionLevel > 0) return new(index, new TableColumn(name, TableKind.Other) { Type = "list" }, null);
        var maker = new Maker(index, name, column.MaxDefinitionLevel > 0);
        return column.PhysicalType switch
        {
            PhysicalType.Boolean => maker.Make<bool>(TableKind.Flag, "boolean", v => v ? 1 : 0),
            PhysicalType.Int32 => maker.OfInt32(logical),
            PhysicalType.Int64 => maker.OfInt64(logical),
            PhysicalType.Int96 => maker.Make<Int96>(TableKind.Time, "int96", ParquetTimes.OfInt96),
            PhysicalType.Float => maker.OfFloat(),
            PhysicalType.Double => maker.OfDouble(),
            PhysicalType.ByteArray => logical is DecimalLogicalType d ? maker.OfBytes(d) : maker.OfText(),
            PhysicalType.FixedLenByteArray => maker.OfFixed(logical, column.TypeLength),
            _ => maker.OfOther("unknown"),
        };
    }

    private static string NameOf(DecimalLogicalType type) =>
        string.Create(CultureInfo.InvariantCulture, $"decimal({type.Precision},{type.Scale})");

    // Makes a column by its type. A logical type is disposed of when the column is read, so none is kept.
    private readonly record struct Maker(int Index, string Name, bool Missing)
    {
        public ParquetColumn Make<T>(TableKind kind, string type, Func<T, long> convert, int scale = 0, bool isUtc = false)
            where T : unmanaged
        {
            var missing = Missing;
            return new(Index, new TableColumn(Name, kind) { Type = type, Scale = scale, IsUtc = isUtc },
                r => new WholeReader<T>((ColumnReader<T>)r, missing, convert));
        }

        public ParquetColumn OfInt32(LogicalType logical) => logical switch
        {
            DateLogicalType => Make<int>(TableKind.Date, "date", ParquetTimes.OfDay),
            TimeLogicalType => Make<int>(TableKind.TimeOfDay, "time", v => v * TimeSpan.TicksPerMillisecond),
            DecimalLogicalType d => Make<int>(TableKind.Whole, NameOf(d), v => v, d.Scale),
            IntLogicalType { IsSigned: false } i => Make<int>(TableKind.Whole, $"uint{i.BitWidth}", v => (uint)v).Unsigned(),
            _ => Make<int>(TableKind.Whole, "int32", v => v),
        };

        public ParquetColumn OfInt64(LogicalType logical) => logical switch
        {
            TimestampLogicalType t => Make<long>(TableKind.Time, $"timestamp({t.TimeUnit.ToString().ToLowerInvariant()})",
                ParquetTimes.Of(t.TimeUnit), 0, t.IsAdjustedToUtc),
            TimeLogicalType t => Make<long>(TableKind.TimeOfDay, "time", t.TimeUnit == TimeUnit.Nanos ? v => v / 100
                : v => v > long.MaxValue / 10 ? long.MaxValue : v * 10),
            DecimalLogicalType d => Make<long>(TableKind.Whole, NameOf(d), v => v, d.Scale),
            IntLogicalType { IsSigned: false } i => Make<long>(TableKind.Whole, $"uint{i.BitWidth}", v => v).Unsigned(),
            _ => Make<long>(TableKind.Whole, "int64", v => v),
        };

        public ParquetColumn OfFloat()
        {
            var missing = Missing;
            return new(Index, new TableColumn(Name, TableKind.Number) { Type = "float" },
                r => new NumberReader<float>((ColumnReader<float>)r, missing, ShortestDecimal.Of));
        }

        public ParquetColumn OfDouble()
        {
            var missing = Missing;
            return new(Index, new TableColumn(Name, TableKind.Number) { Type = "double" },
                r => new DoubleReader((ColumnReader<double>)r, missing));
        }

        public ParquetColumn OfFixed(LogicalType logical, int length)
        {
            var (missing, scale) = (Missing, (logical as DecimalLogicalType)?.Scale ?? 0);
            return logical switch
            {
                DecimalLogicalType d when d.Precision <= LongDigits && length <= 16 =>
                    Make<FixedLenByteArray>(TableKind.Whole, NameOf(d), v => DecimalBytes.ToLong(v, length), d.Scale),
                DecimalLogicalType d => new(Index, new TableColumn(Name, TableKind.Text) { Type = NameOf(d) },
                    r => new TextReader<FixedLenByteArray>((ColumnReader<FixedLenByteArray>)r, missing,
                        v => DecimalBytes.ToText(v, length, scale))),
                Float16LogicalType => new(Index, new TableColumn(Name, TableKind.Number) { Type = "float16" },
                    r => new NumberReader<FixedLenByteArray>((ColumnReader<FixedLenByteArray>)r, missing, DecimalBytes.ToHalf)),
                _ => OfOther("binary"),
            };
        }

        public ParquetColumn OfBytes(DecimalLogicalType type)
        {
            var (missing, scale) = (Missing, type.Scale);
            return new(Index, new TableColumn(Name, TableKind.Text) { Type = NameOf(type) },
                r => new TextReader<ByteArray>((ColumnReader<ByteArray>)r, missing, v => DecimalBytes.ToText(v, scale)));
        }

        // Older programs do not mark texts as such.
        public ParquetColumn OfText()
        {
            var missing = Missing;
            return new(Index, new TableColumn(Name, TableKind.Text) { Type = "text" }, r =>
            {
                var words = new Words();
                return new TextReader<ByteArray>((ColumnReader<ByteArray>)r, missing, words.Of);
            });
        }

        public ParquetColumn OfOther(string type) => new(Index, new TableColumn(Name, TableKind.Other) { Type = type }, null);
    }
}
