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
    /// <summary>The roles of the first values of a record; those after them are skipped.</summary>
    public required ColumnRole[] Values { get; init; }

    public override bool HasAdjustedClose => false;

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        new JsonKlinesParser(this, file.DisplayName, collector, options, onFault);
}

internal sealed class JsonKlinesParser(JsonKlinesLayout layout, string file, BarCollector collector, BarFileOptions options,
    Action<RowFault>? onFault)
    : BarTextParser(layout, file, collector, options, onFault)
{
    private readonly ColumnRole[] _roles = layout.Values;
    private readonly bool _hasVolume = layout.Values.Contains(ColumnRole.Volume);
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

    // Reads a number of digits and at most one point, and the comma behind it.
    private unsafe bool TryPlain(ref byte* p, ColumnRole role, out double value)
    {
        var plain = p;
        value = 0;
        if (!DecimalNumber.TryReadPlain(ref plain, out var mantissa, out var fraction) || *plain is not ((byte)',' or (byte)']')
            || fraction > 22) return false;
        value = fraction == 0 ? mantissa : mantissa / DecimalNumber.PowersOfTen[fraction];
        if (role > ColumnRole.Volume) Collector.SeePrice(mantissa, fraction);
        p = plain + 1;
        return true;
    }

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
        Span<double> value = stackalloc double[(int)ColumnRole.AdjustedClose + 1];
        value.Clear();
        var roles = _roles;
        var fields = roles.Length;
        fixed (byte* start = record)
        {
            // The record ends in a bracket, which is not part of it and stops every loop.
            var p = start;
            var end = start + record.Length;
            for (var field = 0; field < fields; field++)
            {
                if (p > end)
                {
                    Fail(RowFaultKind.Layout, null, $"it has {field} values, not {fields}", "correct the record or remove it");
                    return;
                }
                while (p < end && *p is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'"') p++;
                var role = roles[field];
                if (role >= ColumnRole.Volume && TryPlain(ref p, role, out value[(int)role])) continue;
                var first = p;
                while (p < end && *p != ',') p++;
                var text = new ReadOnlySpan<byte>(first, (int)(p - first)).TrimEnd(" \t\r\n\""u8);
                p++;
                if (role == ColumnRole.Skip) continue;
                if (role == ColumnRole.Time)
                {
                    if (Times.TryRead(text, out time)) continue;
                    Fail(RowFaultKind.Value, "time", $"'{Shorten(Encoding.UTF8.GetString(text))}' is not a time as those above are written",
                        $"use the same unit in the whole file, between {(Times.BeforeEpoch ? TimestampReader.FirstYear : 1971)} and 2199");
                    return;
                }
                if (!DecimalNumber.TryParse(text, 0, out value[(int)role], out var decimals))
                {
                    Fail(RowFaultKind.Value, role.ToString().ToLowerInvariant(), NotANumber(Encoding.UTF8.GetString(text)),
                        "correct the record or remove it");
                    return;
                }
                if (role > ColumnRole.Volume) Collector.SeeDecimals(decimals);
            }
        }
        // CoinGecko has no volume.
        if (!_hasVolume) Collector.RowsWithoutVolume++;
        Accept(time, "time", new Bar(0, value[(int)ColumnRole.Open], value[(int)ColumnRole.High], value[(int)ColumnRole.Low],
            value[(int)ColumnRole.Close], value[(int)ColumnRole.Volume]), 1);
    }
}
