using System.Buffers;
using System.Globalization;
using System.Text;
using Granary.Data.Files;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.BarFiles;

/// <summary>
/// Writes bars as CSV with the columns time, open, high, low, close, volume. Daily and longer bars are dated 2020-01-31, shorter bars
/// 2020-01-31T09:30:00Z. Numbers have the shortest form that reads back as the same double.
/// </summary>
public static class BarCsvWriter
{
    /// <summary>Writes the file atomically: complete, or not at all.</summary>
    /// <returns>The number of bars.</returns>
    /// <exception cref="BarStoreException">The disk failed; an earlier file is unchanged.</exception>
    public static async Task<long> WriteAsync(string path, Timeframe timeframe, IAsyncEnumerable<BarBlock> blocks,
        CancellationToken cancellationToken = default)
    {
        using var file = FileFaults.Create(path);
        var text = new ArrayBufferWriter<byte>(1 << 16);
        text.Write("time,open,high,low,close,volume\n"u8);
        var count = 0L;
        await foreach (var block in blocks.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            for (var i = 0; i < block.Count; i++) Append(text, timeframe, block[i]);
            count += block.Count;
            Flush(path, file, text);
        }
        Flush(path, file, text);
        file.Commit();
        return count;
    }

    /// <inheritdoc cref="WriteAsync"/>
    public static long Write(string path, Timeframe timeframe, IEnumerable<Bar> bars) =>
        Write(path, timeframe, bars.Select(b => (b, 0.0)), withAdjusted: false);

    /// <summary>As the public overload, with a column for the adjusted close if there is one.</summary>
    internal static long Write(string path, Timeframe timeframe, IEnumerable<(Bar Bar, double Adjusted)> bars, bool withAdjusted)
    {
        using var file = FileFaults.Create(path);
        var text = new ArrayBufferWriter<byte>(1 << 16);
        text.Write(withAdjusted ? "time,open,high,low,close,volume,adjusted_close\n"u8 : "time,open,high,low,close,volume\n"u8);
        var count = 0L;
        foreach (var (bar, adjusted) in bars)
        {
            Append(text, timeframe, bar, withAdjusted ? adjusted : null);
            if (++count % 1024 == 0) Flush(path, file, text);
        }
        Flush(path, file, text);
        file.Commit();
        return count;
    }

    private static void Flush(string path, AtomicFile file, ArrayBufferWriter<byte> text)
    {
        try
        {
            file.Stream.Write(text.WrittenSpan);
        }
        catch (IOException e)
        {
            throw FileFaults.Writing(path, e);
        }
        text.ResetWrittenCount();
    }

    private static void Append(ArrayBufferWriter<byte> text, Timeframe timeframe, in Bar bar, double? adjusted = null)
    {
        var span = text.GetSpan(256);
        var time = bar.OpenTime;
        var format = !timeframe.IsIntraday ? "yyyy-MM-dd"
            : time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";
        time.TryFormat(span, out var n, format, CultureInfo.InvariantCulture);
        foreach (var value in (ReadOnlySpan<double>)[bar.Open, bar.High, bar.Low, bar.Close, bar.Volume])
        {
            span[n++] = (byte)',';
            value.TryFormat(span[n..], out var used, default, CultureInfo.InvariantCulture);
            n += used;
        }
        if (adjusted is { } a)
        {
            span[n++] = (byte)',';
            a.TryFormat(span[n..], out var used, default, CultureInfo.InvariantCulture);
            n += used;
        }
        span[n++] = (byte)'\n';
        text.Advance(n);
    }
}
