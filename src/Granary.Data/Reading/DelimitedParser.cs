using System.Runtime.CompilerServices;
using System.Text;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>
/// Parses delimited rows. Plain rows take a fast path: one pass over the bytes without allocation. Rows with quotes, blanks, signs,
/// exponents, nulls or faults take a slow path, which decides what is valid and words the errors.
/// </summary>
internal unsafe class DelimitedParser : BarTextParser
{
    private const int Roles = (int)ColumnRole.AskClose + 1;

    private readonly RowLayout _layout;
    private readonly ColumnRole[] _columns;
    private readonly byte _delimiter;
    private readonly int _scale;
    private readonly bool _quotes, _adjusted, _plain;
    private readonly int _symbol;
    private int _header;

    public DelimitedParser(RowLayout layout, string file, BarCollector collector, BarFileOptions options, Action<RowFault>? onFault)
        : base(layout, file, collector, options, onFault)
    {
        _layout = layout;
        _columns = layout.Columns;
        _delimiter = layout.Delimiter;
        _scale = layout.PriceScale;
        _header = layout.HeaderLines;
        _quotes = layout.Columns.Contains(ColumnRole.BidOpen);
        _adjusted = layout.HasAdjustedClose;
        _symbol = layout.SkipsOthers ? Array.IndexOf(layout.Columns, ColumnRole.Symbol) : -1;
        _plain = layout.DecimalComma != true && !layout.OnePrice;
    }

    public override int Parse(ReadOnlySpan<byte> text, bool last)
    {
        var end = text.LastIndexOf((byte)'\n') + 1;
        if (end == 0) return 0;
        fixed (byte* start = text)
        {
            var p = start;
            var stop = start + end;
            while (p < stop)
            {
                Line++;
                if (_header > 0)
                {
                    _header--;
                    p = NextLine(p, stop);
                    continue;
                }
                if (_symbol >= 0 && IsOfAnother(p, stop, out var behind))
                {
                    p = behind;
                    continue;
                }
                var next = _plain && Remark is null && Collector.Gathered is null ? TryFast(p) : null;
                if (next == null)
                {
                    next = NextLine(p, stop);
                    ReadSlowly(new ReadOnlySpan<byte>(p, (int)(next - p - 1)));
                }
                p = next;
            }
        }
        return end;
    }

    protected override string? OrderQuestion =>
        _layout.OtherKeys.Count == 0 ? null : "if the rows are of several markets, " + ColumnMapping.SymbolQuestion(_layout.OtherKeys[0]);

    // Rows with too few columns are faults; they do not belong to another market.
    private bool IsOfAnother(byte* p, byte* stop, out byte* next)
    {
        next = NextLine(p, stop);
        var line = new ReadOnlySpan<byte>(p, (int)(next - p - 1)).TrimEnd((byte)'\r');
        var symbol = RowField.Of(line, _delimiter, _symbol);
        return symbol.Length > 0 && !symbol.SequenceEqual(_layout.Symbol) && line.Count(_delimiter) >= _columns.Length - 1;
    }

    private static byte* NextLine(byte* p, byte* stop) => p + new ReadOnlySpan<byte>(p, (int)(stop - p)).IndexOf((byte)'\n') + 1;

    // Returns the start of the next row, or null if this row is not plain. The text ends in a line feed, which stops every loop.
    [SkipLocalsInit]
    private byte* TryFast(byte* p)
    {
        var value = stackalloc double[Roles];
        var mantissas = stackalloc ulong[Roles];
        var decimals = stackalloc int[Roles];
        value[(int)ColumnRole.Volume] = 0;
        value[(int)ColumnRole.AdjustedClose] = 1;
        var collector = Collector;
        Timestamp time = default;
        var timeOfDay = -1L;
        var columns = _columns;
        for (var column = 0; column < columns.Length; column++)
        {
            var role = columns[column];
            if (role >= ColumnRole.Volume)
            {
                if (!DecimalNumber.TryReadPlain(ref p, out var mantissa, out var fraction)) return null;
                if (role > ColumnRole.Volume)
                {
                    fraction += _scale;
                    if (role != ColumnRole.AdjustedClose && !_quotes) collector.SeePrice(mantissa, fraction);
                }
                if (fraction > 22) return null;
                if (_quotes)
                {
                    mantissas[(int)role] = mantissa;
                    decimals[(int)role] = fraction;
                }
                value[(int)role] = fraction == 0 ? mantissa : mantissa / DecimalNumber.PowersOfTen[fraction];
            }
            else
            {
                if (!TryText(ref p, role, column, ref time, ref timeOfDay)) return null;
            }
            if (column < columns.Length - 1)
            {
                if (*p != _delimiter) return null;
                p++;
            }
        }
        if (*p == '\r') p++;
        if (*p != '\n') return null;

        if (timeOfDay >= 0) time = time with { TimeOfDay = timeOfDay, HasTime = true };
        if (_quotes && !TryMiddle(value, mantissas, decimals)) return null;
        var (open, high, low, close) =
            (value[(int)ColumnRole.Open], value[(int)ColumnRole.High], value[(int)ColumnRole.Low], value[(int)ColumnRole.Close]);
        var (adjusted, volume) = (value[(int)ColumnRole.AdjustedClose], value[(int)ColumnRole.Volume]);
        if (!BarCollector.IsBar(open, high, low, close, volume) || _adjusted && !(adjusted > 0)) return null;
        if (!TryResolve(time, out var at, out _)) return null;
        if (!collector.IsInWindow(at)) return p + 1;
        if (!collector.InOrder(at)) return null;
        collector.Add(at, open, high, low, close, adjusted, volume);
        return p + 1;
    }

    // Reads a non-numeric field up to the delimiter after it; false if it needs the slow path.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryText(ref byte* p, ColumnRole role, int column, ref Timestamp time, ref long timeOfDay)
    {
        var first = p;
        if (*p == '"')
        {
            if (role != ColumnRole.Time) return false;
            p = ++first;
            while (*p is not ((byte)'"' or (byte)'\n')) p++;
            if (*p != '"' || !Times.TryRead(new ReadOnlySpan<byte>(first, (int)(p - first)), out time)) return false;
            p++;
            return true;
        }
        var delimiter = _delimiter;
        byte c;
        while ((c = *p) != delimiter && c is not ((byte)'\n' or (byte)'\r' or (byte)'"')) p++;
        if (c == '"') return false;
        var field = new ReadOnlySpan<byte>(first, (int)(p - first));
        return role switch
        {
            ColumnRole.Time => Times.TryRead(field, out time),
            ColumnRole.TimeOfDay => Times.TryReadTimeOfDay(field, out timeOfDay),
            ColumnRole.Symbol => field.SequenceEqual(_layout.Symbol),
            ColumnRole.Constant => field.SequenceEqual(_layout.Constants[column]),
            ColumnRole.Further => DecimalNumber.TryParse(field, 0, out Collector.Further[_layout.FurtherAt[column]], out _)
                && double.IsFinite(Collector.Further[_layout.FurtherAt[column]]),
            _ => true,
        };
    }

    // The middle of bid and ask, in integer units of half a tick, so that it is rounded only once.
    private bool TryMiddle(double* value, ulong* mantissas, int* decimals)
    {
        for (var i = 0; i < 4; i++)
        {
            int bid = (int)ColumnRole.BidOpen + i, ask = (int)ColumnRole.AskOpen + i;
            var most = Math.Max(decimals[bid], decimals[ask]);
            var b = mantissas[bid];
            var a = mantissas[ask];
            for (var k = decimals[bid]; k < most && b < DecimalNumber.ExactMantissa; k++) b *= 10;
            for (var k = decimals[ask]; k < most && a < DecimalNumber.ExactMantissa; k++) a *= 10;
            var sum = (a + b) * 5;
            if (a >= DecimalNumber.ExactMantissa || b >= DecimalNumber.ExactMantissa || sum >= DecimalNumber.ExactMantissa || most >= 22
                || a == 0 || b == 0) return false;
            Collector.SeePrice(sum, most + 1);
            value[(int)ColumnRole.Open + i] = sum / DecimalNumber.PowersOfTen[most + 1];
        }
        return true;
    }

    private void ReadSlowly(ReadOnlySpan<byte> line)
    {
        if (line.Length > 0 && line[^1] == '\r') line = line[..^1];
        if (line.Trim((byte)' ').Length == 0) return;
        var fields = FieldSplitter.Split(line, (char)_delimiter);
        if (fields is null)
        {
            Fail(RowFaultKind.Layout, null, "a quotation mark is not closed", "close it or remove it");
            return;
        }
        if (fields.Count != _columns.Length && !IsAction(fields) && IsRemark(line))
        {
            Remark ??= (Line, Encoding.UTF8.GetString(line).Trim('"', ' '), $"the row has {Columns(fields.Count)}");
            return;
        }
        ReadFields(fields);
    }

    /// <summary>Reads a row from its fields, and passes it to the collector or reports its fault.</summary>
    protected void ReadFields(List<string> fields)
    {
        if (IsAction(fields))
        {
            Collector.ActionRows++;
            return;
        }
        RefuseRemark();
        if (fields.Count != _columns.Length)
        {
            Fail(RowFaultKind.Layout, null, $"the row has {Columns(fields.Count)}, not {_columns.Length} as the file promises",
                "correct the row or remove it");
            return;
        }
        if (_layout.SkipNullRows && IsNullRow(fields))
        {
            Collector.SkippedRows++;
            return;
        }

        Timestamp time = default;
        var timeName = "time";
        var timeOfDay = -1L;
        Span<double> value = stackalloc double[Roles];
        value.Fill(double.NaN);
        value[(int)ColumnRole.Volume] = 0;
        value[(int)ColumnRole.AdjustedClose] = 1;
        for (var i = 0; i < fields.Count; i++)
        {
            var text = fields[i].Trim();
            var role = _columns[i];
            if (role == ColumnRole.Time) timeName = Name(i);
            if (role < ColumnRole.Volume ? !TakeText(i, text, ref time, ref timeOfDay) : !TakeNumber(i, text, ref value[(int)role])) return;
        }
        if (timeOfDay >= 0) time = time with { TimeOfDay = timeOfDay, HasTime = true };
        if (_quotes && !TakeMiddle(value)) return;
        if (_layout.OnePrice) value[(int)ColumnRole.Open] = value[(int)ColumnRole.High] = value[(int)ColumnRole.Low] =
            value[(int)ColumnRole.Close];
        Accept(time, timeName, new Bar(0, value[(int)ColumnRole.Open], value[(int)ColumnRole.High], value[(int)ColumnRole.Low],
            value[(int)ColumnRole.Close], value[(int)ColumnRole.Volume]), value[(int)ColumnRole.AdjustedClose]);
    }

    // A remark with a row below it was a faulty row.
    private void RefuseRemark()
    {
        if (Remark is not { } remark) return;
        Remark = null;
        var here = Line;
        Line = remark.Line;
        Fail(RowFaultKind.Layout, null, $"{remark.Row}, not {_columns.Length} as the file promises", "correct the row or remove it");
        Line = here;
    }

    // Yahoo's pages have a row such as "Jan 10, 2024",0.24 Dividend,,,,, among the bars.
    private bool IsAction(List<string> fields)
    {
        var text = "";
        for (var i = 0; i < fields.Count && i < _columns.Length; i++)
        {
            if (_columns[i] < ColumnRole.Volume || fields[i].Trim() is not { Length: > 0 } field) continue;
            if (text.Length > 0) return false;
            text = field;
        }
        return text.EndsWith("ividend", StringComparison.Ordinal) || text.EndsWith("plit", StringComparison.Ordinal)
            || text.EndsWith("plits", StringComparison.Ordinal);
    }

    // A remark below the rows has at least three words, which no truncated row has.
    private static bool IsRemark(ReadOnlySpan<byte> line)
    {
        var words = 0;
        foreach (var range in line.Trim("\" #"u8).Split((byte)' '))
            if (range.End.Value > range.Start.Value && char.IsAsciiLetter((char)line.Trim("\" #"u8)[range.Start.Value])) words++;
        return words >= 3;
    }

    // Reads a non-numeric field; false if it is invalid, which is reported.
    private bool TakeText(int column, string text, ref Timestamp time, ref long timeOfDay)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        switch (_columns[column])
        {
            case ColumnRole.Symbol when !bytes.AsSpan().SequenceEqual(_layout.Symbol):
                Fail(RowFaultKind.Symbol, Name(column),
                    $"the row is of '{Shorten(text)}', those above of '{Encoding.UTF8.GetString(_layout.Symbol!)}'",
                    "write each symbol into a file of its own");
                return false;
            case ColumnRole.Constant when !bytes.AsSpan().SequenceEqual(_layout.Constants[column]):
                Fail(RowFaultKind.Symbol, Name(column),
                    $"the text changes from '{Shorten(Encoding.UTF8.GetString(_layout.Constants[column]!))}' to '{Shorten(text)}', as a "
                        + "column of symbols does", ColumnMapping.SymbolQuestion(Name(column)));
                return false;
            case ColumnRole.Time when !Times.TryRead(bytes, out time):
                Fail(RowFaultKind.Value, Name(column), NotATime(text), TimeRemedy(bytes));
                return false;
            case ColumnRole.Further when !FurtherNumber.TryRead(text, _layout.DecimalComma == true,
                out Collector.Further[_layout.FurtherAt[column]]):
                Fail(RowFaultKind.Value, Name(column), NotANumber(text), "correct the field, or leave it empty for no value");
                return false;
            case ColumnRole.TimeOfDay when !Times.TryReadTimeOfDay(bytes, out timeOfDay):
                Fail(RowFaultKind.Value, Name(column), text.Length == 0 ? "the field is empty"
                    : $"'{Shorten(text)}' is not a time of day as those above are written", "write it as 09:30:00");
                return false;
            default:
                return true;
        }
    }

    // Reads a price or a volume; reports a fault and returns false if it is invalid. An empty volume or quote leaves the value unchanged.
    private bool TakeNumber(int column, string text, ref double value)
    {
        var role = _columns[column];
        if (text.Length == 0 && role == ColumnRole.Volume)
        {
            Collector.RowsWithoutVolume++;
            return true;
        }
        if (text.Length == 0 && role >= ColumnRole.BidOpen) return true;
        var comma = _layout.DecimalComma == true;
        var scale = role == ColumnRole.Volume ? 0 : _scale;
        if ((comma || !DecimalNumber.TryParse(Encoding.UTF8.GetBytes(text), scale, out value, out var decimals))
            && !(WrittenNumber.Plain(text, comma, ofVolume: role == ColumnRole.Volume, _layout.HasUnits) is { } plain
                && DecimalNumber.TryParse(Encoding.UTF8.GetBytes(plain), scale, out value, out decimals)))
        {
            if (comma)
                Fail(RowFaultKind.Value, Name(column), $"'{Shorten(text)}' is not a number with a decimal comma", "write it as 1.234,56");
            else Fail(RowFaultKind.Value, Name(column), NotANumber(text), "correct the row or remove it");
            return false;
        }
        if (role is >= ColumnRole.Open and <= ColumnRole.Close) Collector.SeeDecimals(decimals);
        return true;
    }

    private bool TakeMiddle(Span<double> value)
    {
        for (var i = 0; i < 4; i++)
        {
            var bid = value[(int)ColumnRole.BidOpen + i];
            var ask = value[(int)ColumnRole.AskOpen + i];
            // A side without quotes is empty or zero.
            var hasBid = bid > 0;
            var hasAsk = ask > 0;
            if (bid < 0 || ask < 0 || !hasBid && !hasAsk)
            {
                Fail(RowFaultKind.Value, hasAsk ? "bid" : "ask", "the row has neither a bid nor an ask, or a negative one",
                    "correct the row or remove it");
                return false;
            }
            var middle = hasBid && hasAsk ? (double)(((decimal)bid + (decimal)ask) / 2) : hasBid ? bid : ask;
            value[(int)ColumnRole.Open + i] = middle;
            Collector.SeeDecimals(DecimalsOf(middle));
        }
        return true;
    }

    /// <summary>The number of decimals in the shortest text of a price.</summary>
    protected static int DecimalsOf(double price)
    {
        _ = DecimalNumber.TryParse(Encoding.ASCII.GetBytes(price.ToString("R")), 0, out _, out var decimals);
        return decimals;
    }

    private string TimeRemedy(byte[] text) => TimestampStyle.IsOutsideOfYears(text) ? "correct the year, or leave the row out"
        : Times.Style switch
        {
            DateStyle.MonthFirst => "write it as 2020-01-31; the file's other dates have the month first",
            DateStyle.DayFirst => "write it as 2020-01-31; the file's other dates have the day first",
            DateStyle.SerialDays => "an Excel date is a number of days from 25569, which is 1970-01-01, to 109574",
            DateStyle.MillisecondsOfDay => "milliseconds since midnight are 0 to 86399999",
            DateStyle.EpochSeconds or DateStyle.EpochMilliseconds or DateStyle.EpochMicroseconds or DateStyle.EpochNanoseconds =>
                $"use the same unit in the whole file, between {(Times.BeforeEpoch ? TimestampReader.FirstYear : 1971)} and 2199",
            DateStyle.YearFirst or DateStyle.Compact or DateStyle.MonthName =>
                "write it as 2020-01-31 or 2020-01-31 09:30:00, between 1600 and 2199",
        };

    private bool IsNullRow(List<string> fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (_columns[i] is not (>= ColumnRole.Open and <= ColumnRole.AdjustedClose)) continue;
            if (fields[i].Trim().ToUpperInvariant() is not ("" or "." or "NULL" or "NAN")) return false;
        }
        return true;
    }

    /// <summary>Name of a column in messages.</summary>
    protected string Name(int column) => _layout.Names is { } names && column < names.Length ? names[column]
        : _columns[column] switch
        {
            ColumnRole.Time => "time",
            ColumnRole.TimeOfDay => "time of day",
            ColumnRole.AdjustedClose =>
            "adjusted close",
            var r => r.ToString().ToLowerInvariant()
        };

    private static string Columns(int count) => count == 1 ? "1 column" : $"{count} columns";
}
