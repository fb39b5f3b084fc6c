using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>
/// Returns the rows of a file in order of time and without duplicates (the first row of each time) in bounded memory: sorted parts wait in
/// a temporary file. Further columns are left out.
/// </summary>
/// <param name="most">The maximum number of rows in memory.</param>
internal sealed class OrderedRows(int most = OrderedRows.Most) : IDisposable
{
    /// <summary>The default of 64 MB of rows.</summary>
    public const int Most = 1 << 20;

    // The number of rows of each part that are in memory during the merge.
    private const int Window = 4096;

    private readonly List<Row> _rows = [];
    private readonly List<(long Start, long End)> _parts = [];
    private FileStream? _file;
    private long _count;

    // The number keeps rows of equal time in the order of the file. Rows go to the disk as they are, so they hold no reference.
    private readonly record struct Row(long Number, long Time, double Open, double High, double Low, double Close, double Volume,
        double Adjusted) : IComparable<Row>
    {
        public Bar Bar => new(Time, Open, High, Low, Close, Volume);

        public int CompareTo(Row other) => Time != other.Time ? Time.CompareTo(other.Time) : Number.CompareTo(other.Number);
    }

    /// <exception cref="BarStoreException">The disk has no space for the part.</exception>
    public void Add(in ParsedRow row)
    {
        var b = row.Bar;
        _rows.Add(new Row(_count++, b.Time, b.Open, b.High, b.Low, b.Close, b.Volume, row.Adjusted));
        if (_rows.Count == most) Spill();
    }

    /// <summary>Returns the rows in order. They can be read only once.</summary>
    public IEnumerable<(Bar Bar, double Adjusted)> Read()
    {
        _rows.Sort();
        var sources = new List<IEnumerator<Row>> { _rows.GetEnumerator() };
        sources.AddRange(_parts.Select(p => PartOf(p.Start, p.End).GetEnumerator()));
        var next = new PriorityQueue<IEnumerator<Row>, Row>();
        foreach (var source in sources)
            if (source.MoveNext())
                next.Enqueue(source, source.Current);
        long? last = null;
        while (next.TryDequeue(out var source, out var row))
        {
            if (row.Time != last) yield return (row.Bar, row.Adjusted);
            last = row.Time;
            if (source.MoveNext()) next.Enqueue(source, source.Current);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void Spill()
    {
        _rows.Sort();
        try
        {
            _file ??= new FileStream(Path.Combine(Path.GetTempPath(), $"granary-rows-{Guid.NewGuid():N}"), FileMode.CreateNew,
                FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            var start = _file.Length;
            _file.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_rows)));
            _file.Flush();
            _parts.Add((start, _file.Length));
        }
        catch (IOException e)
        {
            throw new BarStoreException($"{Path.GetTempPath()}: rows cannot be put in order there ({e.Message.TrimEnd('.')}); "
                + "free some space, or name another folder in TMPDIR", e);
        }
        _rows.Clear();
    }

    private IEnumerable<Row> PartOf(long start, long end)
    {
        var window = new Row[Window];
        var size = Unsafe.SizeOf<Row>();
        while (start < end)
        {
            var count = (int)Math.Min(Window, (end - start) / size);
            Fill(window.AsSpan(0, count), start);
            start += (long)count * size;
            for (var i = 0; i < count; i++) yield return window[i];
        }
    }

    private void Fill(Span<Row> rows, long at)
    {
        var bytes = MemoryMarshal.AsBytes(rows);
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_file!.SafeFileHandle, bytes, at);
            if (read == 0) throw new EndOfStreamException();
            bytes = bytes[read..];
            at += read;
        }
    }
}
