using System.Text;
using Granary.Data.Files;
using Granary.Data.Text;

namespace Granary.Data.Reading;

/// <summary>A JSON array of arrays: [[time, open, high, low, close, volume, …], …]; numbers may be quoted, and what follows the volume is skipped.</summary>
internal sealed record JsonKlinesLayout : BarFileLayout
{
    public override bool HasAdjustedClose => false;

    public override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options, Action<RowFault>? onFault) =>
        new JsonKlinesParser(this, file.DisplayName, collector, options, onFault);
}

internal sealed class JsonKlinesParser(JsonKlinesLayout layout, string file, BarCollector collector, BarFileOptions options, Action<RowFault>? onFault)
    : BarTextParser(layout, file, collector, options, onFault)
{
    private static readonly string[] Names = ["time", "open", "high", "low", "close", "volume"];
    private bool _started, _ended, _comma;
    private long _record;
    private long _lineFeeds;

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

    private void Read(ReadOnlySpan<byte> record)
    {
        Timestamp time = default;
        Span<double> value = stackalloc double[6];
        var start = 0;
        for (var field = 0; field < 6; field++)
        {
            if (start > record.Length)
            {
                Fail(RowFaultKind.Layout, $"record {_record}", $"it has {field} values, not 6", "correct the record or remove it");
                return;
            }
            var length = record[start..].IndexOf((byte)',');
            if (length < 0) length = record.Length - start;
            var text = record.Slice(start, length).Trim(" \t\r\n"u8);
            if (text.Length >= 2 && text[0] == '"' && text[^1] == '"') text = text[1..^1];
            start += length + 1;
            if (field == 0)
            {
                if (Times.TryRead(text, out time)) continue;
                Fail(RowFaultKind.Value, $"record {_record} time", $"'{Shorten(Encoding.UTF8.GetString(text))}' is not a time as those above are written", "use the same unit in the whole file, between 1971 and 2199");
                return;
            }
            if (!DecimalNumber.TryParse(text, 0, out value[field], out var decimals))
            {
                Fail(RowFaultKind.Value, $"record {_record} {Names[field]}", NotANumber(Encoding.UTF8.GetString(text)), "correct the record or remove it");
                return;
            }
            if (field < 5) Collector.SeeDecimals(decimals);
        }
        Accept(time, $"record {_record} time", value[1], value[2], value[3], value[4], 1, value[5]);
    }
}
