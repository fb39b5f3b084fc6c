using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Simulation.Passes;

/// <summary>Stores rows of fixed size in a file, in their order, so memory does not grow with them.</summary>
internal sealed class RowLog<TRow>(string path) : IDisposable
    where TRow : unmanaged
{
    private readonly FileStream _file =
        new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose);

    private readonly Lock _lock = new();

    public void Add(TRow row) => _file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<TRow>(in row)));

    public IEnumerable<TRow> Read()
    {
        // The run writes several files at once, and two of them read from here.
        lock (_lock) _file.Flush();
        var size = Unsafe.SizeOf<TRow>();
        var bytes = new byte[size * 512];
        for (long at = 0; ;)
        {
            var read = RandomAccess.Read(_file.SafeFileHandle, bytes, at);
            read -= read % size;
            if (read == 0) yield break;
            at += read;
            for (var i = 0; i < read; i += size) yield return MemoryMarshal.Read<TRow>(bytes.AsSpan(i));
        }
    }

    public void Dispose() => _file.Dispose();
}
