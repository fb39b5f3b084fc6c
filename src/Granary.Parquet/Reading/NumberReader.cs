using Granary.Data.Tables;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Reads floating-point numbers of a different size than a double.</summary>
internal sealed class NumberReader<T>(ColumnReader<T> reader, bool missing, Func<T, double> convert) : TypedReader<T>(reader, missing)
    where T : unmanaged
{
    protected override void Grow(TableValues into, int rows)
    {
        if (into.Numbers.Length < rows) into.Numbers = new double[rows];
    }

    protected override void Take(TableValues into, Span<T> values, int at)
    {
        for (var i = 0; i < values.Length; i++) into.Numbers[at + i] = convert(values[i]);
    }

    protected override void TakeMissing(TableValues into, int at) => into.Numbers[at] = double.NaN;
}
