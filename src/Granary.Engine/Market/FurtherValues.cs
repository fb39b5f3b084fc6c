namespace Granary.Engine.Market;

/// <summary>The further columns of one bar: names and values, NaN where there is none. Compared by names and values.</summary>
public sealed class FurtherValues : IEquatable<FurtherValues>
{
    private readonly string[] _names;
    private readonly double[] _values;

    /// <summary>Takes the arrays over; the caller must not change them afterwards.</summary>
    /// <exception cref="ArgumentException">The numbers of names and values differ.</exception>
    public FurtherValues(IReadOnlyList<string> names, double[] values)
    {
        if (names.Count != values.Length)
            throw new ArgumentException($"there are {names.Count} names for {values.Length} values", nameof(values));
        _names = names as string[] ?? [.. names];
        _values = values;
    }

    /// <summary>Names in the order of the values.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Values in the order of the names.</summary>
    public ReadOnlySpan<double> Values => _values;

    internal string[] NamesArray => _names;

    /// <summary>The value of a column; NaN if the bar does not have it.</summary>
    public double Of(string name) => Array.IndexOf(_names, name) is >= 0 and var at ? _values[at] : double.NaN;

    // The likely place saves the search.
    internal double Of(string name, int likely) =>
        (uint)likely < (uint)_names.Length && _names[likely] == name ? _values[likely] : Of(name);

    /// <summary>The last known value of each column of this bar and a later one.</summary>
    public FurtherValues JoinedWith(FurtherValues? later)
    {
        if (later is null) return this;
        string[] names = later._names.All(n => Array.IndexOf(_names, n) >= 0) ? _names
            : [.. _names.Union(later._names, StringComparer.Ordinal)];
        var values = new double[names.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = later.Of(names[i], i) is var value && double.IsNaN(value) ? Of(names[i], i) : value;
        return new FurtherValues(names, values);
    }

    /// <inheritdoc/>
    public bool Equals(FurtherValues? other) => other is not null && _names.AsSpan().SequenceEqual(other._names)
        && _values.AsSpan().SequenceEqual(other._values, EqualityComparer<double>.Default);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FurtherValues);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(_names.Length, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _names.Zip(_values, (n, v) => FormattableString.Invariant($"{n} = {v}")));
}
