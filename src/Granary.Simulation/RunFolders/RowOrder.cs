using System.Globalization;
using System.Text;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// The order of rows by one of their cells: numbers and times, then texts. Rows without a value come last, in either direction, and equal
/// ones stay in their order.
/// </summary>
internal sealed class RowOrder(bool isDescending, bool isTime)
{
    private readonly List<Key> _keys = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private (byte[] Cell, int Number) _last = ([], 0);

    private enum Kind : byte
    {
        First,
        Second,
        Missing,
    }

    private Kind OfNumbers => isDescending ? Kind.Second : Kind.First;

    private Kind OfTexts => isDescending ? Kind.First : Kind.Second;

    /// <summary>Adds the next row.</summary>
    public void Add(ReadOnlySpan<byte> cell)
    {
        var row = _keys.Count;
        if (cell.IsEmpty) _keys.Add(new Key(Kind.Missing, 0, row));
        else if (isTime && UtcTicks.TryRead(cell) is { } ticks) _keys.Add(new Key(OfNumbers, isDescending ? ~ticks : ticks, row));
        else if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            _keys.Add(new Key(OfNumbers, isDescending ? ~Ordered(number) : Ordered(number), row));
        else _keys.Add(new Key(OfTexts, NumberOf(cell), row));
    }

    /// <summary>Returns the numbers of the rows in their order, from 0.</summary>
    public IReadOnlyList<int> Rows()
    {
        var ranks = new int[_texts.Count];
        var sorted = Enumerable.Range(0, _texts.Count).OrderBy(i => _texts[i], StringComparer.Ordinal).ToList();
        for (var i = 0; i < sorted.Count; i++) ranks[sorted[i]] = isDescending ? -i : i;
        Key[] keys = [.. _keys.Select(k => k.Kind == OfTexts ? k with { Value = ranks[k.Value] } : k)];
        Array.Sort(keys);
        return Array.ConvertAll(keys, k => k.Row);
    }

    // The bits of a number as a whole number with the same order.
    private static long Ordered(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number == 0 ? 0 : number);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    private int NumberOf(ReadOnlySpan<byte> cell)
    {
        // Most texts are that of the row before.
        if (cell.SequenceEqual(_last.Cell)) return _last.Number;
        var text = Encoding.UTF8.GetString(cell);
        if (!_numbers.TryGetValue(text, out var number))
        {
            number = _texts.Count;
            _numbers.Add(text, number);
            _texts.Add(text);
        }
        _last = (cell.ToArray(), number);
        return number;
    }

    private readonly record struct Key(Kind Kind, long Value, int Row) : IComparable<Key>
    {
        public int CompareTo(Key other) => Kind != other.Kind ? ((byte)Kind).CompareTo((byte)other.Kind)
            : Value != other.Value ? Value.CompareTo(other.Value) : Row.CompareTo(other.Row);
    }
}
