using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Addresses = Granary.Storage.Addresses.Address;

namespace Granary.Simulation.Json;

/// <summary>
/// A value of a JSON text (comments and trailing commas allowed) with its file, line and path, so every error message can name its
/// place.
/// </summary>
internal sealed class JsonPart
{
    private readonly List<(string Name, JsonPart Value)> _members = [];
    private readonly List<JsonPart> _items = [];
    private readonly string _text = "";
    private readonly JsonFaults? _faults;
    private Place? _place;
    // Keys that an unknown key was probably meant to be. Their absence is a consequence, so it is not reported.
    private List<string>? _meant;

    private JsonPart(JsonValueKind kind, Source source, int line, string path, string text = "")
    {
        (File, _faults, _place) = source;
        Kind = kind;
        Line = line;
        Path = path;
        _text = text;
    }

    public JsonValueKind Kind { get; }

    public string File { get; }

    /// <summary>Line number, from 1.</summary>
    public int Line { get; }

    /// <summary>JSON path, such as <c>strategies[0].params.fast</c>; empty at the root.</summary>
    public string Path { get; }

    /// <summary>Byte range in the parsed text; End is exclusive.</summary>
    internal (int Start, int End) Bytes { get; private set; }

    /// <summary>Returns the whole text with everything but this part blanked, so errors in it keep their line numbers.</summary>
    /// <param name="whole">The parsed text.</param>
    public byte[] Alone(ReadOnlySpan<byte> whole)
    {
        var alone = whole.ToArray();
        var first = whole.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var (start, end) = (first + Bytes.Start, first + Bytes.End);
        for (var i = 0; i < alone.Length; i++)
            if ((i < start || i >= end) && alone[i] != '\n')
                alone[i] = (byte)' ';
        return alone;
    }

    public IReadOnlyList<(string Name, JsonPart Value)> Members => _members;

    public IReadOnlyList<JsonPart> Items => _items;

    /// <summary>Text of a scalar value as written in the file; strings without their quotes.</summary>
    public string Text => Kind switch
    {
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        _ => _text,
    };

    // Data that all values of a text share.
    private sealed record Source(string File, JsonFaults? Faults, Place? Place);

    /// <param name="faults">Collects errors in values; null throws the first one.</param>
    /// <param name="place">Base folder of addresses in the text; null if it has none.</param>
    /// <exception cref="InputException">The text is not valid JSON.</exception>
    public static JsonPart Parse(string file, ReadOnlySpan<byte> utf8, JsonFaults? faults = null, Place? place = null)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var lines = new LineCounter();
        var reader = new Utf8JsonReader(utf8,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 });
        try
        {
            if (!reader.Read()) throw new InputException($"{file} is empty; a JSON object is needed");
            var root = ReadPlaced(ref reader, utf8, lines, new Source(file, faults, place), "");
            if (reader.Read()) throw new InputException($"{file}, line {lines.At(utf8, reader.TokenStartIndex)}: there is more text behind "
                + $"the end of the JSON value");
            return root;
        }
        catch (JsonException e)
        {
            var what = e.Message;
            var cut = what.IndexOf(" LineNumber:", StringComparison.Ordinal);
            if (cut > 0) what = what[..cut];
            throw new InputException($"{file}, line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}: this is not "
                + $"JSON: {what.TrimEnd('.')}", e);
        }
    }

    private sealed class LineCounter
    {
        private long _position;
        private int _line = 1;

        public int At(ReadOnlySpan<byte> text, long position)
        {
            _line += text[(int)_position..(int)position].Count((byte)'\n');
            _position = position;
            return _line;
        }
    }

    private static JsonPart ReadPlaced(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, LineCounter lines, Source source, string path)
    {
        var start = (int)reader.TokenStartIndex;
        var part = Read(ref reader, utf8, lines, source, path);
        part.Bytes = (start, (int)reader.BytesConsumed);
        return part;
    }

    private static JsonPart Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, LineCounter lines, Source source, string path)
    {
        var line = lines.At(utf8, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var node = new JsonPart(JsonValueKind.Object, source, line, path);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var at = lines.At(utf8, reader.TokenStartIndex);
                    var name = TextOf(ref reader, source, at, path);
                    var inner = path.Length == 0 ? name : $"{path}.{name}";
                    if (node.Find(name) is not null)
                        throw new InputException($"{source.File}, line {at}: {inner} is there twice; keep one of them");
                    reader.Read();
                    node._members.Add((name, ReadPlaced(ref reader, utf8, lines, source, inner)));
                }
                return node;
            case JsonTokenType.StartArray:
                var list = new JsonPart(JsonValueKind.Array, source, line, path);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list._items.Add(ReadPlaced(ref reader, utf8, lines, source, $"{path}[{list._items.Count}]"));
                return list;
            case JsonTokenType.String:
                return new JsonPart(JsonValueKind.String, source, line, path, TextOf(ref reader, source, line, path));
            case JsonTokenType.Number:
                return new JsonPart(JsonValueKind.Number, source, line, path, Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return new JsonPart(JsonValueKind.True, source, line, path);
            case JsonTokenType.False:
                return new JsonPart(JsonValueKind.False, source, line, path);
            default:
                return new JsonPart(JsonValueKind.Null, source, line, path);
        }
    }

    // An escape such as \ud800 is half of a character; no text has it, although the JSON grammar allows it.
    private static string TextOf(ref Utf8JsonReader reader, Source source, int line, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InputException($"{source.File}, line {line}{(path.Length == 0 ? "" : ", " + path)}: the text has an escape that is "
                + "half of a character, or bytes that are not UTF-8; write the whole character", e);
        }
    }

    /// <summary>Creates an error about this value.</summary>
    public InputException Fault(string sentence) => new(Sentence(sentence)) { Path = Path, Line = Line };

    /// <summary>Creates an error about this value from another exception.</summary>
    public InputException Fault(string sentence, Exception inner) => new(Sentence(sentence), inner) { Path = Path, Line = Line };

    /// <summary>Returns an error with this value as its place, unless it has one already.</summary>
    public InputException Placed(InputException fault) => fault.Path is null ? Fault(fault.Message, fault) : fault;

    /// <summary>
    /// Makes an object from this value. An error of its constructor gets this value as its place; while errors are collected, it is stored
    /// and the substitute returned.
    /// </summary>
    public T Make<T>(Func<T> make, T standIn)
    {
        try
        {
            return make();
        }
        catch (InputException e)
        {
            if (_faults is not { IsOpen: true } faults) throw Placed(e);
            if (Kind != JsonValueKind.Undefined) faults.Add(Placed(e));
            return standIn;
        }
    }

    private string Sentence(string sentence) => $"{File}, line {Line}{(Path.Length == 0 ? "" : ", " + Path)}: {sentence}";

    /// <summary>
    /// Throws an error about this value. While errors are collected, stores it instead and returns the substitute. A missing value already
    /// has an error, so it gets no other.
    /// </summary>
    public T Wrong<T>(string sentence, T standIn, Exception? inner = null)
    {
        if (_faults is not { IsOpen: true } faults) throw inner is null ? Fault(sentence) : Fault(sentence, inner);
        if (Kind != JsonValueKind.Undefined) faults.Add(Fault(sentence));
        return standIn;
    }

    /// <summary>
    /// Whether this value, or one within it, has a stored error. Errors that follow from it need not be reported.
    /// </summary>
    public bool IsFaulty => Kind == JsonValueKind.Undefined || _faults?.HasWithin(Path) == true;

    public JsonPart? Find(string name)
    {
        foreach (var (n, value) in _members)
            if (n == name)
                return value;
        return null;
    }

    /// <summary>Returns a required member; its absence is an error.</summary>
    public JsonPart Need(string name)
    {
        if (Find(name) is { } found) return found;
        var path = Path.Length == 0 ? name : $"{Path}.{name}";
        var fault = new InputException(Sentence($"'{name}' is missing")) { Path = path, Line = Line };
        if (_faults is not { IsOpen: true } faults) throw fault;
        if (Kind != JsonValueKind.Undefined && _meant?.Contains(name) != true) faults.Add(fault);
        else faults.Mark(path);
        return new JsonPart(JsonValueKind.Undefined, new Source(File, faults, _place), Line, path);
    }

    /// <summary>Requires an object with no other keys than these; refuses an unknown key.</summary>
    public JsonPart Only(params string[] keys)
    {
        if (Kind != JsonValueKind.Object) return Wrong($"an object with {string.Join(", ", keys)} is needed, not {Named(Kind)}", this);
        foreach (var (name, value) in _members)
            if (!keys.Contains(name, StringComparer.Ordinal))
            {
                var near = Spelling.Nearest(name, keys);
                value.Wrong($"there is no key '{name}'; " + (near is null ? $"the keys here are {string.Join(", ", keys)}"
                    : $"did you mean '{near}'?"), 0);
                if (near is not null) (_meant ??= []).Add(near);
            }
        return this;
    }

    public IReadOnlyList<JsonPart> List() =>
        Kind == JsonValueKind.Array ? _items : Wrong<IReadOnlyList<JsonPart>>($"a list is needed, not {Named(Kind)}", []);

    /// <summary>Returns the items of a list, or the value itself if it is not a list.</summary>
    public IReadOnlyList<JsonPart> OneOrMany() => Kind == JsonValueKind.Array ? _items : [this];

    public string String() => Kind == JsonValueKind.String ? _text : Wrong($"a text in quotes is needed, not {Named(Kind)}", "");

    /// <summary>Reads an address.</summary>
    /// <param name="schemes">Allowed schemes, <see cref="Addresses.Plain"/> for a path; none = all.</param>
    public Address Address(params ReadOnlySpan<string> schemes) => Address(Place, schemes);

    /// <inheritdoc cref="Address(ReadOnlySpan{string})"/>
    /// <param name="place">Base folder of relative paths, if it differs from the text's.</param>
    public Address Address(Place place, params ReadOnlySpan<string> schemes)
    {
        var text = String();
        if (Kind != JsonValueKind.String) return None;
        try
        {
            var address = place.Address(text);
            if (place.Confinement is { OnlyMarkets: true } && (!IsOfMarkets(address) || !IsSourceOfBars()))
                return Wrong($"a caller with a holdout may name no file and no address but data.source, of {string.Join(", ", s_markets)}; "
                    + "leave it out", None);
            if (schemes.Length == 0 || schemes.Contains(address.Scheme)) return address;
            var forms = string.Join(" or ", schemes.ToArray().Select(s => s.Length == 0 ? "a path" : s + ":…"));
            return Wrong($"'{address}' is not an address of the kind that belongs here; write {forms}"
                + (schemes.Contains(Addresses.Plain) ? ", a path whose first name has a colon as ./NAME" : ""), None);
        }
        catch (BarDataException e)
        {
            return Wrong(e.Message, None, e);
        }
    }

    private static readonly string[] s_markets = ["csv:", "parquet:", "store:", "generated:", "postgres:", "questdb:"];

    private static bool IsOfMarkets(Address address) => s_markets.Contains(address.Scheme + ":", StringComparer.Ordinal);

    // The source of a batch or of its parts, also of a batch in the text of a job.
    private bool IsSourceOfBars()
    {
        const string Parts = "data.parts[", End = "].source";
        var own = Path.StartsWith("batch.", StringComparison.Ordinal) ? Path["batch.".Length..] : Path;
        return own == "data.source" || own.StartsWith(Parts, StringComparison.Ordinal) && own.EndsWith(End, StringComparison.Ordinal)
            && own[Parts.Length..^End.Length].All(char.IsAsciiDigit);
    }

    // Substitute for an invalid address.
    private static Address None => Addresses.Parse("");

    /// <summary>Reads a folder and returns it as the base of relative addresses.</summary>
    public Place Folder()
    {
        try
        {
            return Place.Within(String());
        }
        catch (BarDataException e)
        {
            return Wrong(e.Message, Place, e);
        }
    }

    /// <summary>Sets another base folder for the relative addresses in this value.</summary>
    internal void Rebase(Place place)
    {
        _place = place;
        foreach (var (_, member) in _members) member.Rebase(place);
        foreach (var item in _items) item.Rebase(place);
    }

    /// <summary>Base folder of relative addresses in the text.</summary>
    /// <exception cref="InvalidOperationException">The text was parsed without a base folder.</exception>
    public Place Place => _place ?? throw new InvalidOperationException($"{File} was parsed without a place for its addresses");

    public bool Bool() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => Wrong($"true or false is needed, not {Named(Kind)}", false),
    };

    public double Number(double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity)
    {
        if (Kind != JsonValueKind.Number || !double.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value))
            return Wrong($"a number is needed, not {(Kind == JsonValueKind.Number ? _text : Named(Kind))}",
                Math.Clamp(1, minimum, maximum));
        if (value < minimum || value > maximum)
            return Wrong(string.Create(CultureInfo.InvariantCulture, $"{_text} is out of range: {DeclaredKey.Span(minimum, maximum)}"),
                Math.Clamp(value, minimum, maximum));
        return value;
    }

    public int Whole(int minimum = int.MinValue, int maximum = int.MaxValue) => (int)WholeLong(minimum, maximum);

    /// <summary>Reads an integer of at most 53 bits, which a JSON number represents exactly.</summary>
    public long WholeLong(long minimum, long maximum)
    {
        var value = Number(minimum, maximum);
        return value == Math.Floor(value) ? (long)value : Wrong($"a whole number is needed, not {_text}", (long)value);
    }

    /// <summary>Reads one of several words.</summary>
    public T Choice<T>(params (string Word, T Value)[] choices)
    {
        var word = String();
        foreach (var (w, value) in choices)
            if (w == word)
                return value;
        var words = string.Join(", ", choices.Select(c => c.Word));
        var near = Spelling.Nearest(word, choices.Select(c => c.Word));
        var remedy = near is not null ? $"did you mean '{near}'?" : choices.Length == 1 ? $"use {words}, or leave it out"
            : $"use one of {words}";
        return Wrong($"'{word}' is not understood; {remedy}", choices[0].Value);
    }

    /// <summary>Reads an ISO 8601 date or time as UTC ticks; without a zone it is UTC.</summary>
    public long Time()
    {
        var text = String();
        return UtcTicks.TryRead(text) ?? Wrong($"'{text}' is not a date; write it as 2024-01-31 or 2024-01-31T14:30:00Z", 0L);
    }

    /// <summary>Reads a span of the calendar, such as 30d, 13w, 3mo or 1y. Months and years are calendar months and years.</summary>
    public CalendarSpan CalendarSpan() => Engine.Market.CalendarSpan.TryParse(String(), out var span) ? span
        : Wrong($"'{Text}' is not a span of time; write it as 30d, 13w, 3mo or 1y", span);

    /// <summary>Reads a whole number of minutes, hours or days, such as 4h; zero if there is an error.</summary>
    public TimeSpan Duration()
    {
        var text = String();
        var unit = text switch
        {
            [.., 'm'] => TimeSpan.FromMinutes(1),
            [.., 'h'] => TimeSpan.FromHours(1),
            [.., 'd'] => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        return unit > TimeSpan.Zero && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number) && number is > 0 and <= 100_000 ? number * unit
            : Wrong($"'{Text}' is not a length of time; write it as 30m, 4h or 2d", TimeSpan.Zero);
    }

    /// <summary>Reads a length of bars, such as 1h.</summary>
    public Timeframe Timeframe() => Engine.Market.Timeframe.TryParse(String(), out var timeframe) ? timeframe.Value
        : IsFaulty ? Engine.Market.Timeframe.D1
        : Wrong($"'{Text}' is not a timeframe; use one of {string.Join(' ', Engine.Market.Timeframe.All)}", Engine.Market.Timeframe.D1);

    /// <summary>Reads a time of day, such as 15:55.</summary>
    public TimeOnly TimeOfDay() =>
        TimeOnly.TryParseExact(String(), ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
            : Wrong($"'{Text}' is not a time of day; write it as 15:55", TimeOnly.MinValue);

    /// <summary>Returns the value as JSON as it was read, without comments.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) WriteTo(json);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Writes the value as it was read, without comments.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        switch (Kind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var (name, value) in _members)
                {
                    json.WritePropertyName(name);
                    value.WriteTo(json);
                }
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in _items) item.WriteTo(json);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(_text);
                break;
            default:
                json.WriteRawValue(Text);
                break;
        }
    }

    private static string Named(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
