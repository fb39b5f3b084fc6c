using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Data.Reading;

/// <summary>
/// SHA-256 over bars in groups of <see cref="GroupSize"/>: the columns time, open, high, low, close, volume of each group, little-endian.
/// Groups are counted from the first bar, so the hash does not depend on the division into blocks. Further columns follow the volume
/// of each group, and their names end the hash.
/// </summary>
/// <param name="withFurther">Whether further columns are hashed; false hashes the bars as if they had none.</param>
internal sealed class ContentHasher(bool withFurther = true) : IDisposable
{
    public const int GroupSize = 1024;

    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private BarColumns? _rest;
    private string[]? _names;

    /// <summary>Appends bars; each complete group is hashed at once.</summary>
    public void Append(BarColumns bars)
    {
        if (withFurther) _names ??= bars.FurtherNames;
        if (_rest is null && bars.Count == GroupSize)
        {
            Hash(bars, 0, GroupSize);
            return;
        }
        var start = 0;
        while (start < bars.Count)
        {
            _rest ??= new BarColumns(GroupSize, withAdjusted: false, bars.FurtherNames);
            var n = Math.Min(bars.Count - start, GroupSize - _rest.Count);
            _rest.Append(bars, start, n);
            start += n;
            if (_rest.Count < GroupSize) continue;
            Hash(_rest, 0, GroupSize);
            _rest.Count = 0;
        }
        if (_rest is { Count: 0 }) _rest = null;
    }

    /// <summary>Returns the hash of all bars since the last call, as lower-case hex.</summary>
    public string Finish()
    {
        if (_rest is { Count: > 0 }) Hash(_rest, 0, _rest.Count);
        _rest = null;
        if (_names is not null) _sha.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', _names)));
        _names = null;
        return Convert.ToHexStringLower(_sha.GetHashAndReset());
    }

    private void Hash(BarColumns b, int start, int count)
    {
        _sha.AppendData(MemoryMarshal.AsBytes(b.Time.AsSpan(start, count)));
        _sha.AppendData(MemoryMarshal.AsBytes(b.Open.AsSpan(start, count)));
        _sha.AppendData(MemoryMarshal.AsBytes(b.High.AsSpan(start, count)));
        _sha.AppendData(MemoryMarshal.AsBytes(b.Low.AsSpan(start, count)));
        _sha.AppendData(MemoryMarshal.AsBytes(b.Close.AsSpan(start, count)));
        _sha.AppendData(MemoryMarshal.AsBytes(b.Volume.AsSpan(start, count)));
        if (!withFurther) return;
        foreach (var column in b.Further)
        {
            // A server's NaN has other bits.
            for (var i = start; i < start + count; i++)
                if (double.IsNaN(column[i])) column[i] = double.NaN;
            _sha.AppendData(MemoryMarshal.AsBytes(column.AsSpan(start, count)));
        }
    }

    public void Dispose() => _sha.Dispose();
}
