using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Granary;

/// <summary>
/// One or several values of a key: numbers, texts, <c>true</c>, <c>false</c>, or words of an enumeration. A single value converts to it,
/// and so does a list such as <c>[10, 20]</c>.
/// </summary>
[CollectionBuilder(typeof(Values), nameof(Create))]
[JsonConverter(typeof(ValuesJson))]
public sealed class Values : IReadOnlyList<object>
{
    private readonly object[] _values;

    private Values(object[] values, bool isList) => (_values, IsList) = (values, isList);

    // A single value is written without brackets.
    internal bool IsList { get; }

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <inheritdoc/>
    public object this[int index] => _values[index];

    /// <summary>A list of values.</summary>
    public static Values Create(ReadOnlySpan<object> values) => new(values.ToArray(), isList: true);

    /// <summary>Whole numbers from a first to a last one, both included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is not positive.</exception>
    public static Values Range(int from, int to, int step = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        var values = new List<object>();
        for (long value = from; value <= to; value += step) values.Add((int)value);
        return new Values([.. values], isList: true);
    }

    public static implicit operator Values(int value) => new([value], isList: false);

    public static implicit operator Values(double value) => new([value], isList: false);

    public static implicit operator Values(bool value) => new([value], isList: false);

    public static implicit operator Values(string value) => new([value], isList: false);

    public static implicit operator Values(Enum value) => new([value], isList: false);

    /// <inheritdoc/>
    public IEnumerator<object> GetEnumerator() => ((IEnumerable<object>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
