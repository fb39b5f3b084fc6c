using Granary.Data.Tables;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Reads doubles, without a copy where none is missing.</summary>
internal sealed class DoubleReader(ColumnReader<double> reader, bool missing) : ValueReader<double>(reader, missing)
{
    private TableValues? _into;

    protected override void Grow(TableValues into, int rows)
    {
        if (into.Numbers.Length < rows) into.Numbers = new double[rows];
        _into = into;
    }

    protected override Span<double> Target(int at, int count) => _into!.Numbers.AsSpan(at, count);

    protected override void Take(TableValues into, Span<double> values, int at) => values.CopyTo(into.Numbers.AsSpan(at));

    protected override void TakeMissing(TableValues into, int at) => into.Numbers[at] = double.NaN;
}
