namespace Granary.Simulated.Disks;

/// <summary>
/// The bytes of a file, as processes see them and as the disk has them, in sectors of 512 bytes. A sector that was never written is zero.
/// </summary>
internal sealed class SimulatedFile
{
    public const int Sector = 512;

    // The sectors as processes see them, and those on the disk; null is zero. A sector that both share is on the disk.
    private byte[]?[] _seen = [], _kept = [];
    private bool[] _isDirty = [];
    private readonly List<int> _dirty = [];
    private long _keptLength, _leastLength;

    public long Length { get; private set; }

    public DateTime Written { get; set; }

    /// <summary>The open handles.</summary>
    public List<SimulatedHandle> Handles { get; } = [];

    public int Read(Span<byte> bytes, long offset)
    {
        var count = (int)Math.Clamp(Length - offset, 0, bytes.Length);
        bytes = bytes[..count];
        for (var read = 0; read < count;)
        {
            var (sector, at) = ((int)((offset + read) / Sector), (int)((offset + read) % Sector));
            var n = Math.Min(Sector - at, count - read);
            if (sector < _seen.Length && _seen[sector] is { } content) content.AsSpan(at, n).CopyTo(bytes[read..]);
            else bytes.Slice(read, n).Clear();
            read += n;
        }
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        Grow((int)((offset + bytes.Length + Sector - 1) / Sector));
        for (var written = 0; written < bytes.Length;)
        {
            var (sector, at) = ((int)((offset + written) / Sector), (int)((offset + written) % Sector));
            var n = Math.Min(Sector - at, bytes.Length - written);
            var part = bytes.Slice(written, n);
            if (_seen[sector] is not null || part.ContainsAnyExcept((byte)0)) part.CopyTo(Own(sector).AsSpan(at));
            written += n;
        }
        Length = Math.Max(Length, offset + bytes.Length);
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            for (var sector = (int)((length + Sector - 1) / Sector); sector < _seen.Length; sector++) _seen[sector] = null;
            if (length % Sector is var rest and > 0 && length / Sector < _seen.Length && _seen[length / Sector] is not null)
                Own((int)(length / Sector)).AsSpan((int)rest).Clear();
            _leastLength = Math.Min(_leastLength, length);
        }
        Length = length;
    }

    /// <summary>Whether a flush has something to do.</summary>
    public bool IsDirty => _dirty.Count > 0 || Length != _keptLength || _leastLength < _keptLength;

    /// <summary>All of it is on the disk, except for sectors that a failed flush has dropped.</summary>
    public void Flush()
    {
        KeepLength();
        foreach (var sector in _dirty) Keep(sector);
        _dirty.Clear();
    }

    /// <summary>A flush that fails: a dirty sector is written, stays dirty, or is dropped, so that no later flush writes it.</summary>
    /// <param name="fate">0: written; 1: dirty; else dropped.</param>
    public void FailFlush(Func<int> fate)
    {
        foreach (var sector in _dirty.ToList())
        {
            var drawn = fate();
            if (drawn == 1) continue;
            if (drawn == 0 && (long)sector * Sector < _keptLength) Keep(sector);
            _isDirty[sector] = false;
            _dirty.Remove(sector);
        }
    }

    /// <summary>The power is cut: what was not flushed is lost by draw.</summary>
    public void Cut(Func<bool> isLost)
    {
        if ((Length != _keptLength || _leastLength < _keptLength) && !isLost()) KeepLength();
        foreach (var sector in _dirty)
            if ((long)sector * Sector < _keptLength && !isLost()) Keep(sector);
            else _isDirty[sector] = false;
        _dirty.Clear();
        Length = _leastLength = _keptLength;
        Array.Copy(_kept, _seen, _kept.Length);
        if (Length % Sector is var rest and > 0 && Length / Sector < _seen.Length && _seen[Length / Sector] is { } last
            && last.AsSpan((int)rest).ContainsAnyExcept((byte)0))
        {
            Own((int)(Length / Sector)).AsSpan((int)rest).Clear();
            Flush();
        }
        Handles.Clear();
    }

    private void KeepLength()
    {
        if (_leastLength < _keptLength)
        {
            for (var sector = (int)((_leastLength + Sector - 1) / Sector); sector < _kept.Length; sector++) _kept[sector] = null;
            if (_leastLength % Sector is var rest and > 0 && _kept[_leastLength / Sector] is { } last)
            {
                var shorter = (byte[])last.Clone();
                shorter.AsSpan((int)rest).Clear();
                if (ReferenceEquals(last, _seen[_leastLength / Sector])) _seen[_leastLength / Sector] = shorter;
                _kept[_leastLength / Sector] = shorter;
            }
        }
        _keptLength = _leastLength = Length;
    }

    private void Keep(int sector)
    {
        _kept[sector] = _seen[sector];
        _isDirty[sector] = false;
    }

    // The bytes of a sector that differ from those on the disk from now on.
    private byte[] Own(int sector)
    {
        if (ReferenceEquals(_seen[sector], _kept[sector])) _seen[sector] = (byte[]?)_seen[sector]?.Clone() ?? new byte[Sector];
        if (!_isDirty[sector])
        {
            _isDirty[sector] = true;
            _dirty.Add(sector);
        }
        return _seen[sector] ??= new byte[Sector];
    }

    private void Grow(int sectors)
    {
        if (sectors <= _seen.Length) return;
        var size = Math.Max(sectors, 2 * _seen.Length);
        Array.Resize(ref _seen, size);
        Array.Resize(ref _kept, size);
        Array.Resize(ref _isDirty, size);
    }
}
