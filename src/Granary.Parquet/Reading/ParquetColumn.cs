using System.Globalization;
using Granary.Data.Tables;
using ParquetSharp;
using ParquetSharp.Schema;

namespace Granary.Parquet.Reading;

/// <summary>A column of a Parquet file and how its values become those of a table.</summary>
/// <param name="Index">Its first column in the file, in which a list or structure has several.</param>
/// <param name="Create">Makes the reader of one row group; null if the values cannot be read.</param>
internal sealed record ParquetColumn(int Index, TableColumn Column, Func<ColumnReader, ValueReader>? Create)
{
    /// <summary>Whether the numbers have no sign, so that the order that the file states for them is another.</summary>
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

    public static ParquetColumn Of(int index, string name, ColumnDescriptor column)
    {
        using var logical = column.LogicalType;
        var missing = column.MaxDefinitionLevel > 0;
        if (column.MaxRepetitionLevel > 0) return new(index, new TableColumn(name, TableKind.Other) { Type = "list" }, null);
        return column.PhysicalType switch
        {
            PhysicalType.Boolean => Make<bool>(TableKind.Flag, "boolean", v => v ? 1 : 0),
            PhysicalType.Int32 => OfInt32(),
            PhysicalType.Int64 => OfInt64(),
            PhysicalType.Int96 => Make<Int96>(TableKind.Time, "int96", ParquetTimes.OfInt96),
            PhysicalType.Float => new(index, new TableColumn(name, TableKind.Number) { Type = "float" },
                r => new NumberReader<float>((ColumnReader<float>)r, missing, ShortestDecimal.Of)),
            PhysicalType.Double => new(index, new TableColumn(name, TableKind.Number) { Type = "double" },
                r => new DoubleReader((ColumnReader<double>)r, missing)),
            PhysicalType.ByteArray => logical is DecimalLogicalType d ? OfBytes(d) : OfText(),
            PhysicalType.FixedLenByteArray => OfFixed(),
            _ => new(index, new TableColumn(name, TableKind.Other) { Type = "unknown" }, null),
        };

        ParquetColumn Make<T>(TableKind kind, string type, Func<T, long> convert, int scale = 0, bool isUtc = false)
            where T : unmanaged =>
            new(index, new TableColumn(name, kind) { Type = type, Scale = scale, IsUtc = isUtc },
                r => new WholeReader<T>((ColumnReader<T>)r, missing, convert));

        ParquetColumn OfInt32() => logical switch
        {
            DateLogicalType => Make<int>(TableKind.Date, "date", ParquetTimes.OfDay),
            TimeLogicalType => Make<int>(TableKind.TimeOfDay, "time", v => v * TimeSpan.TicksPerMillisecond),
            DecimalLogicalType d => Make<int>(TableKind.Whole, NameOf(d), v => v, d.Scale),
            IntLogicalType { IsSigned: false } i => Make<int>(TableKind.Whole, $"uint{i.BitWidth}", v => (uint)v) with { IsUnsigned = true },
            _ => Make<int>(TableKind.Whole, "int32", v => v),
        };

        ParquetColumn OfInt64() => logical switch
        {
            TimestampLogicalType t => Make<long>(TableKind.Time, $"timestamp({t.TimeUnit.ToString().ToLowerInvariant()})",
                ParquetTimes.Of(t.TimeUnit), 0, t.IsAdjustedToUtc),
            TimeLogicalType t => Make<long>(TableKind.TimeOfDay, "time", t.TimeUnit == TimeUnit.Nanos ? v => v / 100
                : v => v > long.MaxValue / 10 ? long.MaxValue : v * 10),
            DecimalLogicalType d => Make<long>(TableKind.Whole, NameOf(d), v => v, d.Scale),
            IntLogicalType { IsSigned: false } i => Make<long>(TableKind.Whole, $"uint{i.BitWidth}", v => v >= 0 ? v : throw TooLarge())
                with { IsUnsigned = true },
            _ => Make<long>(TableKind.Whole, "int64", v => v),
        };

        ParquetColumn OfFixed()
        {
            var (length, scale) = (column.TypeLength, (logical as DecimalLogicalType)?.Scale ?? 0);
            return logical switch
            {
                DecimalLogicalType d when d.Precision <= LongDigits && length <= 16 =>
                    Make<FixedLenByteArray>(TableKind.Whole, NameOf(d), v => DecimalBytes.ToLong(v, length), d.Scale),
                DecimalLogicalType d => new(index, new TableColumn(name, TableKind.Text) { Type = NameOf(d) },
                    r => new TextReader<FixedLenByteArray>((ColumnReader<FixedLenByteArray>)r, missing,
                        v => DecimalBytes.ToText(v, length, scale))),
                Float16LogicalType => new(index, new TableColumn(name, TableKind.Number) { Type = "float16" },
                    r => new NumberReader<FixedLenByteArray>((ColumnReader<FixedLenByteArray>)r, missing, DecimalBytes.ToHalf)),
                _ => new(index, new TableColumn(name, TableKind.Other) { Type = "binary" }, null),
            };
        }

        ParquetColumn OfBytes(DecimalLogicalType d)
        {
            // The type is disposed of when the column is read.
            var scale = d.Scale;
            return new(index, new TableColumn(name, TableKind.Text) { Type = NameOf(d) },
                r => new TextReader<ByteArray>((ColumnReader<ByteArray>)r, missing, v => DecimalBytes.ToText(v, scale)));
        }

        // Older programs do not mark texts as such.
        ParquetColumn OfText() => new(index, new TableColumn(name, TableKind.Text) { Type = "text" }, r =>
        {
            var words = new Words();
            return new TextReader<ByteArray>((ColumnReader<ByteArray>)r, missing, words.Of);
        });

        Exception TooLarge() => new OverflowException("a number without sign is larger than 9223372036854775807");
    }

    private static string NameOf(DecimalLogicalType type) =>
        string.Create(CultureInfo.InvariantCulture, $"decimal({type.Precision},{type.Scale})");
}
