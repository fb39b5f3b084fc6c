namespace Granary.Engine.Market;

/// <summary>
/// Further columns of a block of bars, such as open interest or a score: each has a name and one value for each bar, NaN where a bar has
/// none. A value is known at the close of its bar, as the bar's prices are.
/// </summary>
public sealed class FurtherColumns
{
    private readonly string[] _names;
    private readonly double[][] _values;

    /// <summary>Takes the arrays over; the caller must not change them afterwards.</summary>
    /// <param name="names">Distinct, case-sensitive.</param>
    /// <param name="values">For each name an array with a value for each bar.</param>
    /// <exception cref="ArgumentException">The names are not the arrays', or the arrays differ in length.</exception>
    public FurtherColumns(IReadOnlyList<string> names, IReadOnlyList<double[]> values)
    {
        if (names.Count != values.Count || names.Count == 0)
            throw new ArgumentException($"there are {names.Count} names for {values.Count} columns", nameof(names));
        for (var i = 1; i < values.Count; i++)
            if (values[i].Length != values[0].Length)
                throw new ArgumentException("all columns of a block have the same length", nameof(values));
        _names = names as string[] ?? [.. names];
        _values = [.. values];
    }

    /// <summary>Names in the order of the columns, as the source spells them.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number of columns.</summary>
    public int Count => _names.Length;

    /// <summary>The values of a column, a value for each bar of the block, oldest first.</summary>
    public ReadOnlySpan<double> this[int column] => _values[column];

    internal int Rows => _values[0].Length;

    internal string[] NamesArray => _names;

    internal double[] Column(int column) => _values[column];

    /// <summary>The number of the column with this name; -1 if there is none.</summary>
    public int IndexOf(string name) => Array.IndexOf(_names, name);

    /// <summary>The values of one bar.</summary>
    public FurtherValues At(int row) => new(_names, Array.ConvertAll(_values, v => v[row]));

    /// <summary>Returns a copy of the values of <paramref name="count"/> bars from <paramref name="start"/>.</summary>
    public FurtherColumns Slice(int start, int count) =>
        new(_names, Array.ConvertAll(_values, v => v.AsSpan(start, count).ToArray()));

    /// <summary>Returns these columns followed by others.</summary>
    /// <exception cref="ArgumentException">The others have a different number of bars.</exception>
    public FurtherColumns Concat(FurtherColumns others) => new([.. _names, .. others._names], [.. _values, .. others._values]);

    /// <summary>The columns of bars in row form; null if no bar has any. A bar without a column has NaN there.</summary>
    public static FurtherColumns? FromBars(ReadOnlySpan<Bar> bars)
    {
        string[]? names = null;
        foreach (ref readonly var bar in bars)
        {
            if (bar.Further is not { } own || ReferenceEquals(own.NamesArray, names)) continue;
            names = names is null || names.Length == 0 ? own.NamesArray
                : own.NamesArray.All(n => Array.IndexOf(names, n) >= 0) ? names : [.. names.Union(own.NamesArray, StringComparer.Ordinal)];
        }
        if (names is null) return null;
        var values = new double[names.Length][];
        for (var c = 0; c < names.Length; c++) values[c] = new double[bars.Length];
        for (var i = 0; i < bars.Length; i++)
            for (var c = 0; c < names.Length; c++)
                values[c][i] = bars[i].Further?.Of(names[c], c) ?? double.NaN;
        return new FurtherColumns(names, values);
    }
}
