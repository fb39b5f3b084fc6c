using System.Buffers;
using System.Globalization;
using System.Text;
using Granary.Data.Files;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.BarFiles;

/// <summary>
/// Writes bars as CSV with the columns time, open, high, low, close, volume, and behind them further ones. Daily and longer bars are dated
/// 2020-01-31, shorter bars
/// 2020-01-31T09:30:00Z. Numbers have the shortest form that reads back as the same double.
/// </summary>
internal static class BarCsvWriter
{
    /// <summary>Writes the file atomically: complete, or not at all.</summary>
    /// <param name="further">Names of the further columns that the blocks have.</param>
    /// <returns>The number of bars.</returns>
    /// <exception cref="BarStoreException">The disk failed; an earlier file is unchanged.</exception>
    public static async Task<long> WriteAsync(string path, Timeframe timeframe, IAsyncEnumerable<BarBlock> blocks,
        IReadOnlyList<string> further, CancellationToken cancellationToken = default)
    {
        using var file = FileFaults.Create(path);
        var text = new ArrayBufferWriter<byte>(1 << 16);
        WriteHeader(text, further, withAdjusted: false);
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

    /// <summary>Writes bars without further columns, atomically.</summary>
    /// <returns>The number of bars.</returns>
    /// <exception cref="BarStoreException">The disk failed; an earlier file is unchanged.</exception>
    public static long Write(string path, Timeframe timeframe, IEnumerable<Bar> bars) =>
        Write(path, timeframe, bars.Select(b => (b, 0.0)), withAdjusted: false, []);

    /// <summary>As the public overload, with a column for the adjusted close if there is one.</summary>
    internal static long Write(string path, Timeframe timeframe, IEnumerable<(Bar Bar, double Adjusted)> bars, bool withAdjusted,
        IReadOnlyList<string> further)
    {
        using var file = FileFaults.Create(path);
        var text = new ArrayBufferWriter<byte>(1 << 16);
        WriteHeader(text, further, withAdjusted);
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

    private static void WriteHeader(ArrayBufferWriter<byte> text, IReadOnlyList<string> further, bool withAdjusted)
    {
        text.Write(withAdjusted ? "time,open,high,low,close,volume,adjusted_close"u8 : "time,open,high,low,close,volume"u8);
        foreach (var name in further)
        {
            text.Write(","u8);
            text.Write(Encoding.UTF8.GetBytes(name.AsSpan().IndexOfAny(",;\"\t") < 0 ? name
                : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
        }
        text.Write("\n"u8);
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

    // A bar without a value has an empty field.
    private static void AppendFurther(ArrayBufferWriter<byte> text, double value)
    {
        var span = text.GetSpan(32);
        span[0] = (byte)',';
        var used = 0;
        if (!double.IsNaN(value)) value.TryFormat(span[1..], out used, default, CultureInfo.InvariantCulture);
        text.Advance(used + 1);
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
        text.Advance(n);
        if (bar.Further is { } further)
            foreach (var value in further.Values) AppendFurther(text, value);
        text.Write("\n"u8);
    }
}
