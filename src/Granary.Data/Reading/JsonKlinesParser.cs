using System.Text;
using Granary.Data.Files;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>
/// A JSON array of arrays: [[time, open, high, low, close, volume, …], …]; numbers may be quoted, and fields after the volume are skipped.
/// </summary>
internal sealed record JsonKlinesLayout : BarFileLayout
{
    public override bool HasAdjustedClose => false;

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        new JsonKlinesParser(this, file.DisplayName, collector, options, onFault);
}

internal sealed class JsonKlinesParser(JsonKlinesLayout layout, string file, BarCollector collector, BarFileOptions options,
    Action<RowFault>? onFault)
    : BarTextParser(layout, file, collector, options, onFault)
{
    private static readonly string[] Names = ["time", "open", "high", "low", "close", "volume"];
    private bool _started, _ended, _comma;
    private long _record;
    private long _lineFeeds;
    private int _values;

    protected override long Record => _record;

    public override int Parse(ReadOnlySpan<byte> text, bool last)
    {
        var i = 0;
        while (true)
        {
            while (i < text.Length && text[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                if (text[i] == '\n') _lineFeeds++;
                i++;
            }
            Line = _lineFeeds + 1;
            if (i >= text.Length) return i;
            var c = text[i];
            if (_ended)
            {
                throw Broken("text follows the end of the array");
            }
            if (!_started)
            {
                if (c != '[') throw Broken("the file does not start with an array");
                _started = true;
                i++;
            }
            else if (_comma && c == ',')
            {
                _comma = false;
                i++;
            }
            else if (c == ']' && (_comma || _record == 0))
            {
                _ended = true;
                i++;
            }
            else if (c == '[' && !_comma)
            {
                var length = text[i..].IndexOf((byte)']');
                if (length < 0) return i;
                _record++;
                Read(text.Slice(i + 1, length - 1));
                _lineFeeds += text.Slice(i, length).Count((byte)'\n');
                i += length + 1;
                _comma = true;
            }
            else
            {
                throw Broken($"'{(char)c}' stands where a record or a comma should");
            }
        }
    }

    public override void Finish()
    {
        Line = _lineFeeds + 1;
        if (!_ended) throw Broken("the array is not closed, as if the file were cut off");
    }

    private Exception Broken(string fault) =>
        Granary.Engine.Market.BarDataException.At(File, Line, null, fault, "write it as [[time, open, high, low, close, volume], …]");

    private unsafe void Read(ReadOnlySpan<byte> record)
    {
        // A lost bracket joins two records: the length, or a bracket inside, reveals it.
        var values = record.Count((byte)',') + 1;
        if (_record == 1) _values = values;
        if (values != _values || record.Contains((byte)'['))
        {
            Fail(RowFaultKind.Layout, null, $"it has {values} values, not {_values} as those above", "correct the record or remove it");
            return;
        }
        Timestamp time = default;
        Span<double> value = stackalloc double[6];
        var fields = _values == 5 ? 5 : 6; // CoinGecko has no volume.
        fixed (byte* start = record)
        {
            // The record ends in a bracket, which is not part of it and stops every loop.
            var p = start;
            var end = start + record.Length;
            for (var field = 0; field < fields; field++)
            {
                if (p > end)
                {
                    Fail(RowFaultKind.Layout, null, $"it has {field} values, not 6", "correct the record or remove it");
                    return;
                }
                while (p < end && *p is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'"') p++;
                if (field > 0)
                {
                    var plain = p;
                    if (DecimalNumber.TryReadPlain(ref plain, out var mantissa, out var fraction) && *plain is (byte)',' or (byte)']'
                        && fraction <= 22)
                    {
                        value[field] = fraction == 0 ? mantissa : mantissa / DecimalNumber.PowersOfTen[fraction];
                        if (field < 5) Collector.SeePrice(mantissa, fraction);
                        p = plain + 1;
                        continue;
                    }
                }
                var first = p;
                while (p < end && *p != ',') p++;
                var text = new ReadOnlySpan<byte>(first, (int)(p - first)).TrimEnd(" \t\r\n\""u8);
                p++;
                if (field == 0)
                {
                    if (Times.TryRead(text, out time)) continue;
                    Fail(RowFaultKind.Value, "time", $"'{Shorten(Encoding.UTF8.GetString(text))}' is not a time as those above are written",
                        "use the same unit in the whole file, between 1971 and 2199");
                    return;
                }
                if (!DecimalNumber.TryParse(text, 0, out value[field], out var decimals))
                {
                    Fail(RowFaultKind.Value, Names[field], NotANumber(Encoding.UTF8.GetString(text)), "correct the record or remove it");
                    return;
                }
                if (field < 5) Collector.SeeDecimals(decimals);
            }
        }
        if (fields == 5) Collector.RowsWithoutVolume++;
        Accept(time, "time", new Bar(0, value[1], value[2], value[3], value[4], value[5]), 1);
    }
}
