using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Granary.Parquet.Reading;

/// <summary>Converts UTF-8 to strings, of which those that recur are made once.</summary>
internal sealed class Words
{
    private const int Most = 100_000;
    private const int LongestKept = 64;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private string _last = "";

    public Words() => _lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();

    public unsafe string Of(ByteArray value)
    {
        var bytes = new ReadOnlySpan<byte>((void*)value.Pointer, value.Length);
        if (bytes.Length > LongestKept) return Encoding.UTF8.GetString(bytes);
        Span<char> text = stackalloc char[LongestKept];
        if (Encoding.UTF8.TryGetChars(bytes, text, out var count)) text = text[..count];
        else return Encoding.UTF8.GetString(bytes);
        if (text.SequenceEqual(_last)) return _last;
        if (_lookup.TryGetValue(text, out var known)) return _last = known;
        _last = text.ToString();
        if (_known.Count < Most) _known.Add(_last);
        return _last;
    }
}
