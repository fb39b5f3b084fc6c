using System.Runtime.InteropServices;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Application.Simulation;

/// <summary>Keeps the portfolio's trades in a file, in the order of their closing, so that memory does not grow with them.</summary>
internal sealed class PortfolioTradeLog(string path) : IDisposable
{
    private readonly FileStream _file =
        new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose);

    private readonly Lock _lock = new();

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Row(int Member, double Weight, RunEvent Trade);

    public void Add(PortfolioTrade trade)
    {
        var row = new Row(trade.Member, trade.Weight, RunEvent.Of(trade.Trade, trade.Trade.SymbolIndex));
        _file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Row>(in row)));
    }

    public IEnumerable<PortfolioTrade> Read()
    {
        // Several files of the run are written at once, and two of them read here.
        lock (_lock) _file.Flush();
        var size = Marshal.SizeOf<Row>();
        var bytes = new byte[size * 512];
        for (long at = 0; ;)
        {
            var read = RandomAccess.Read(_file.SafeFileHandle, bytes, at);
            read -= read % size;
            if (read == 0) yield break;
            at += read;
            for (var i = 0; i < read; i += size)
            {
                var row = MemoryMarshal.Read<Row>(bytes.AsSpan(i));
                yield return new PortfolioTrade(row.Member, row.Trade.ToTrade(), row.Weight);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
