using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.QuestDb;

/// <summary>
/// Encodes bars in QuestDB's dialect of the InfluxDB line protocol: table,symbol=S open=…,high=…,low=…,close=…,volume=…[,adjusted=…]
/// nanoseconds.
/// </summary>
internal static class IlpEncoder
{
    private static readonly byte[][] Fields =
        [.. new[] { " open=", ",high=", ",low=", ",close=", ",volume=", ",adjusted=" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Appends the chosen bars.</summary>
    /// <exception cref="BarDataException">A bar is older than 1970, which the line protocol does not support.</exception>
    public static void Append(ArrayBufferWriter<byte> target, string table, string symbol, BarColumns bars, int start, int count)
    {
        var head = Encoding.UTF8.GetBytes($"{Escape(table)},symbol={Escape(symbol)}");
        for (var i = start; i < start + count; i++)
        {
            if (bars.Time[i] < DateTime.UnixEpoch.Ticks)
                throw new BarDataException($"the bar of {new DateTime(bars.Time[i], DateTimeKind.Utc):yyyy-MM-dd} is older than 1970, "
                    + $"which QuestDB's lines cannot say; keep it in files or PostgreSQL");
            target.Write(head);
            Put(target, 0, bars.Open[i]);
            Put(target, 1, bars.High[i]);
            Put(target, 2, bars.Low[i]);
            Put(target, 3, bars.Close[i]);
            Put(target, 4, bars.Volume[i]);
            if (bars.Adjusted is { } adjusted) Put(target, 5, adjusted[i]);
            var span = target.GetSpan(24);
            span[0] = (byte)' ';
            Utf8Formatter.TryFormat((bars.Time[i] - DateTime.UnixEpoch.Ticks) * 100, span[1..], out var written);
            span[written + 1] = (byte)'\n';
            target.Advance(written + 2);
        }
    }

    private static void Put(ArrayBufferWriter<byte> target, int field, double value)
    {
        target.Write(Fields[field]);
        var span = target.GetSpan(32);
        // The shortest text that reads back as the same double.
        value.TryFormat(span, out var written, "R", System.Globalization.CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    /// <summary>Escapes a name for a line: a backslash precedes each separator.</summary>
    public static string Escape(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (c is ' ' or ',' or '=' or '\\') text.Append('\\');
            text.Append(c);
        }
        return text.ToString();
    }
}
