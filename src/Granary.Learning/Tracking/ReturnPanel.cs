namespace Granary.Learning.Tracking;

/// <summary>Returns of many names over the same periods, from which an index is replicated.</summary>
internal sealed class ReturnPanel
{
    private readonly double[] _values;

    /// <summary>Takes ownership of the array; the caller must not change it afterwards.</summary>
    /// <param name="names">Unique names, one for each column.</param>
    /// <param name="periods">The number of rows.</param>
    /// <param name="values">The columns one after another, each with <paramref name="periods"/> values, oldest first; all finite.</param>
    /// <exception cref="ArgumentException">
    /// There are no periods, a size does not match, a name is repeated, or a value is not finite.
    /// </exception>
    public ReturnPanel(IReadOnlyList<string> names, int periods, double[] values)
    {
        if (periods < 1) throw new ArgumentException("a panel needs at least one period", nameof(periods));
        if (values.LongLength != (long)names.Count * periods)
            throw new ArgumentException($"{names.Count} names over {periods} periods "
                + $"are {(long)names.Count * periods} values, not {values.LongLength}", nameof(values));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var j = 0; j < names.Count; j++)
        {
            if (!seen.Add(names[j])) throw new ArgumentException($"the panel holds '{names[j]}' twice", nameof(names));
            for (var t = 0; t < periods; t++)
                if (!double.IsFinite(values[(long)j * periods + t]))
                    throw new ArgumentException($"the return of '{names[j]}' in period {t} is {values[(long)j * periods + t]}",
                        nameof(values));
        }
        Names = [.. names];
        Periods = periods;
        _values = values;
    }

    /// <summary>Creates a panel from one array per name.</summary>
    public static ReturnPanel FromColumns(IReadOnlyList<string> names, IReadOnlyList<double[]> columns)
    {
        if (columns.Count != names.Count) throw new ArgumentException($"{names.Count} names, but {columns.Count} columns", nameof(columns));
        var periods = columns.Count == 0 ? 1 : columns[0].Length;
        if (columns.FirstOrDefault(c => c.Length != periods) is { } odd)
            throw new ArgumentException($"one column has {odd.Length} periods, the first has {periods}", nameof(columns));
        var values = new double[(long)names.Count * periods];
        for (var j = 0; j < columns.Count; j++) columns[j].CopyTo(values, (long)j * periods);
        return new ReturnPanel(names, periods, values);
    }

    public IReadOnlyList<string> Names { get; }

    public int Count => Names.Count;

    public int Periods { get; }

    /// <summary>The returns of one name, oldest first.</summary>
    public ReadOnlySpan<double> Column(int name) => _values.AsSpan((int)checked((long)name * Periods), Periods);

    /// <summary>Returns a copy of the periods from <paramref name="start"/> on.</summary>
    public ReturnPanel Slice(int start, int periods)
    {
        var values = new double[(long)Count * periods];
        for (var j = 0; j < Count; j++) Column(j).Slice(start, periods).CopyTo(values.AsSpan(j * periods, periods));
        return new ReturnPanel(Names, periods, values);
    }

    /// <summary>Σ weight · return of the given names in each period.</summary>
    public double[] Combine(IReadOnlyList<int> support, IReadOnlyList<double> weights)
    {
        var result = new double[Periods];
        for (var k = 0; k < support.Count; k++) DenseVectors.AddScaled(result, Column(support[k]), weights[k]);
        return result;
    }
}
