using Granary.Data.Tables;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Reads values of one type.</summary>
/// <typeparam name="T">The type in the file.</typeparam>
/// <param name="missing">Whether values may be missing.</param>
internal abstract class TypedReader<T>(ColumnReader<T> reader, bool missing) : ValueReader
    where T : unmanaged
{
    private short[] _levels = [];
    private T[] _raw = [];
    private ValueCheck<T>? _check;

    public override void Compare(Statistics? statistics) => _check = StatedRange.Of<T>(statistics);

    public override bool HasNext => reader.HasNext;

    public override bool Read(TableValues into, int rows)
    {
        Grow(into, rows);
        if (missing && _levels.Length < rows) _levels = new short[rows];
        into.Missing = null;
        var done = 0;
        while (done < rows)
        {
            if (!reader.HasNext) return false;
            var want = rows - done;
            var target = Target(done, want);
            var levels = missing ? _levels.AsSpan(0, want) : default;
            var read = (int)reader.ReadBatch(want, levels, default, target, out var values);
            if (!missing) read = (int)values;
            if (read <= 0) return false;
            if (_check is not null && !_check.Holds(target[..(int)values]))
                throw new InvalidDataException("a value lies outside of the smallest and the largest that the file states");
            if (missing && values < read) Spread(into, target, levels[..read], done, (int)values, rows);
            else Take(into, target[..read], done);
            done += read;
        }
        return true;
    }

    public override void Dispose() => reader.Dispose();

    /// <summary>Returns the target of reading: the result itself if its type is the one in the file.</summary>
    protected virtual Span<T> Target(int at, int count)
    {
        if (_raw.Length < count) _raw = new T[count];
        return _raw.AsSpan(0, count);
    }

    protected abstract void Grow(TableValues into, int rows);

    /// <summary>Puts values into the result.</summary>
    protected abstract void Take(TableValues into, Span<T> values, int at);

    protected abstract void TakeMissing(TableValues into, int at);

    private void Spread(TableValues into, Span<T> values, ReadOnlySpan<short> levels, int at, int count, int rows)
    {
        var isMissing = into.Missing ??= new bool[rows];
        // From the end, because the values may lie in the result itself.
        var next = count;
        for (var i = levels.Length - 1; i >= 0; i--)
        {
            isMissing[at + i] = levels[i] == 0;
            if (levels[i] == 0) TakeMissing(into, at + i);
            else Take(into, values.Slice(--next, 1), at + i);
        }
    }
}
