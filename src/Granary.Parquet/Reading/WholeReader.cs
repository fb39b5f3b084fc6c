using Granary.Data.Tables;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Reads whole numbers, times and flags.</summary>
internal sealed class WholeReader<T>(ColumnReader<T> reader, bool missing, Func<T, long> convert) : ValueReader<T>(reader, missing)
    where T : unmanaged
{
    protected override void Grow(TableValues into, int rows)
    {
        if (into.Wholes.Length < rows) into.Wholes = new long[rows];
    }

    protected override void Take(TableValues into, Span<T> values, int at)
    {
        for (var i = 0; i < values.Length; i++) into.Wholes[at + i] = convert(values[i]);
    }

    protected override void TakeMissing(TableValues into, int at) => into.Wholes[at] = 0;
}
