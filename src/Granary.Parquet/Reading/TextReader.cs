using Granary.Data.Tables;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Reads texts, and numbers that are kept as texts.</summary>
internal sealed class TextReader<T>(ColumnReader<T> reader, bool missing, Func<T, string> convert) : ValueReader<T>(reader, missing)
    where T : unmanaged
{
    protected override void Grow(TableValues into, int rows)
    {
        if (into.Texts.Length < rows) into.Texts = new string[rows];
    }

    protected override void Take(TableValues into, Span<T> values, int at)
    {
        for (var i = 0; i < values.Length; i++) into.Texts[at + i] = convert(values[i]);
    }

    protected override void TakeMissing(TableValues into, int at) => into.Texts[at] = "";
}
