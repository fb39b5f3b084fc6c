using System.Text;
using System.Text.Json;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Parses the records of a <see cref="JsonRecordsLayout"/> piece by piece.</summary>
internal sealed class JsonRecordsParser(JsonRecordsLayout layout, string file, BarCollector collector, BarFileOptions options,
    Action<RowFault>? onFault)
    : BarTextParser(layout, file, collector, options, onFault)
{
    private static readonly ColumnRole[] Needed = [ColumnRole.Time, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close];
    private readonly double[] _value = new double[(int)ColumnRole.AdjustedClose + 1];
    private readonly bool[] _seen = new bool[(int)ColumnRole.AdjustedClose + 1];
    private JsonReaderState _state;
    private string _property = "", _member = "";
    private ColumnRole _role;
    // The depth of the list of records; -1 outside of it.
    private int _holder = -1;
    private bool _found, _inRecord, _faulty, _ofAnother;
    private int _place;
    private long _lineFeeds, _record;
    private Timestamp _time;
    private (Timestamp Time, Bar Prices, double Adjusted, long Line, long Record)? _waiting;

    protected override long Record => _record;

    public override int Parse(ReadOnlySpan<byte> text, bool last)
    {
        var reader = new Utf8JsonReader(text, last, _state);
        var counted = 0;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName)
                {
                    var start = (int)reader.TokenStartIndex;
                    _lineFeeds += text[counted..start].Count((byte)'\n');
                    counted = start;
                    Line = _lineFeeds + 1;
                }
                Take(ref reader);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            Line = e is JsonException { LineNumber: { } line } ? line + 1 : Line;
            throw BarDataException.At(File, Line, null, "the text is not valid JSON; it may be cut off or edited", layout.Example);
        }
        _state = reader.CurrentState;
        var used = (int)reader.BytesConsumed;
        _lineFeeds += text[counted..used].Count((byte)'\n');
        return used;
    }

    public override void Finish()
    {
        if (!_found) throw BarDataException.At(File, null, null, "the text holds no bars", layout.Example);
        if (!layout.LastIsOpen) Release();
    }

    private void Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                TakeName(ref reader);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                if (_inRecord)
                {
                    if (reader.CurrentDepth == _holder + 2) NextRole();
                }
                else if (_holder >= 0)
                {
                    Begin();
                }
                else if (!_found && layout.Holds(_property, reader.CurrentDepth))
                {
                    _found = true;
                    _holder = reader.CurrentDepth;
                }
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                if (_inRecord && reader.CurrentDepth == _holder + 1) End();
                else if (reader.CurrentDepth == _holder) _holder = -1;
                break;
            default:
                if (_inRecord && reader.CurrentDepth == _holder + 2) TakeValue(ref reader);
                else if (!_inRecord && _holder >= 0) Fail(RowFaultKind.Layout, null, "a value stands where a bar should", layout.Example);
                break;
        }
    }

    private void TakeName(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        if (_inRecord)
        {
            if (reader.CurrentDepth != _holder + 2) return;
            _member = name;
            _role = layout.Member(name);
        }
        else
        {
            _property = name;
        }
    }

    private void Begin()
    {
        _record++;
        _inRecord = true;
        _faulty = false;
        _ofAnother = false;
        _place = -1;
        Array.Clear(_seen);
        _value[(int)ColumnRole.Volume] = 0;
        _value[(int)ColumnRole.AdjustedClose] = 1;
        // Alpha Vantage writes the time as the name of the record.
        if (layout.Values.Length == 0 && layout.Member("") == ColumnRole.Time) TakeText(ColumnRole.Time, "time", _property);
    }

    private void NextRole()
    {
        if (layout.Values.Length == 0) return;
        _place++;
        _role = _place < layout.Values.Length ? layout.Values[_place] : ColumnRole.Skip;
        _member = _role == ColumnRole.Skip ? "" : _role.ToString().ToLowerInvariant();
    }

    private void TakeValue(ref Utf8JsonReader reader)
    {
        NextRole();
        if (_role == ColumnRole.Skip) return;
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Null => "",
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
        TakeText(_role, _member, text.Trim());
    }

    private void TakeText(ColumnRole role, string name, string text)
    {
        if (_faulty) return;
        if (role == ColumnRole.Symbol)
        {
            _ofAnother |= layout.Symbol is { } own && text != own;
            return;
        }
        if (role == ColumnRole.Constant)
        {
            if (text != layout.Constants[name])
                Refuse(name, $"the text changes from '{Shorten(layout.Constants[name])}' to '{Shorten(text)}', as symbols do",
                    ColumnMapping.SymbolQuestion(name));
            return;
        }
        if (_seen[(int)role])
        {
            Refuse(name, "it is there twice", "remove one of the two");
            return;
        }
        _seen[(int)role] = true;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (role == ColumnRole.Time)
        {
            if (!Times.TryRead(bytes, out _time))
                Refuse(name, NotATime(text), "correct the record or remove it");
            return;
        }
        if (!DecimalNumber.TryParse(bytes, 0, out _value[(int)role], out var decimals))
            Refuse(name, NotANumber(text), "correct the record or remove it");
        else if (role is >= ColumnRole.Open and <= ColumnRole.Close)
            Collector.SeeDecimals(decimals);
    }

    private void End()
    {
        _inRecord = false;
        if (_faulty || _ofAnother) return;
        foreach (var role in Needed)
        {
            if (_seen[(int)role]) continue;
            Refuse(null, $"it has no {role.ToString().ToLowerInvariant()}", "correct the record or remove it");
            return;
        }
        if (layout.Adjusted && !_seen[(int)ColumnRole.AdjustedClose])
        {
            Refuse(null, "it has no adjusted close", "correct the record or remove it");
            return;
        }
        if (!_seen[(int)ColumnRole.Volume]) Collector.RowsWithoutVolume++;
        Release();
        _waiting = (_time, new Bar(0, _value[(int)ColumnRole.Open], _value[(int)ColumnRole.High], _value[(int)ColumnRole.Low],
            _value[(int)ColumnRole.Close], _value[(int)ColumnRole.Volume]), _value[(int)ColumnRole.AdjustedClose], Line, _record);
    }

    // Each record is held until the next one, so that the last can be omitted.
    private void Release()
    {
        if (_waiting is not { } bar) return;
        _waiting = null;
        var (line, record) = (Line, _record);
        (Line, _record) = (bar.Line, bar.Record);
        Accept(bar.Time, "time", bar.Prices, bar.Adjusted);
        (Line, _record) = (line, record);
    }

    private void Refuse(string? field, string fault, string remedy)
    {
        _faulty = true;
        Fail(RowFaultKind.Value, field, fault, remedy);
    }
}
