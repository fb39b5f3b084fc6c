using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Engine.Market;

namespace Granary.Application.Json;

/// <summary>A file that the user wrote is wrong. The message is one sentence: file, line, field, remedy.</summary>
public sealed class InputException : Exception
{
    public InputException(string message) : base(message)
    {
    }

    public InputException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>
/// A value of a JSON text (comments and trailing commas allowed) that knows its file, line and path, so that whatever is wrong
/// with it can be said in a sentence that leads there.
/// </summary>
public sealed class JsonPart
{
    private readonly List<(string Name, JsonPart Value)> _members = [];
    private readonly List<JsonPart> _items = [];
    private readonly string _text = "";

    private JsonPart(JsonValueKind kind, string file, int line, string path, string text = "")
    {
        Kind = kind;
        File = file;
        Line = line;
        Path = path;
        _text = text;
    }

    public JsonValueKind Kind { get; }

    public string File { get; }

    /// <summary>From 1.</summary>
    public int Line { get; }

    /// <summary>As <c>strategies[0].params.fast</c>; empty at the root.</summary>
    public string Path { get; }

    public IReadOnlyList<(string Name, JsonPart Value)> Members => _members;

    public IReadOnlyList<JsonPart> Items => _items;

    /// <summary>The scalar as it stands in the file, strings without their quotes.</summary>
    public string Text => Kind switch
    {
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        _ => _text,
    };

    /// <exception cref="InputException">Not JSON.</exception>
    public static JsonPart Parse(string file, ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var lines = new LineCounter();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 });
        try
        {
            if (!reader.Read()) throw new InputException($"{file} is empty; a JSON object is needed");
            var root = Read(ref reader, utf8, lines, file, "");
            if (reader.Read()) throw new InputException($"{file}, line {lines.At(utf8, reader.TokenStartIndex)}: there is more text behind the end of the JSON value");
            return root;
        }
        catch (JsonException e)
        {
            var what = e.Message;
            var cut = what.IndexOf(" LineNumber:", StringComparison.Ordinal);
            if (cut > 0) what = what[..cut];
            throw new InputException($"{file}, line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}: this is not JSON: {what.TrimEnd('.')}", e);
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

    private static JsonPart Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, LineCounter lines, string file, string path)
    {
        var line = lines.At(utf8, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var node = new JsonPart(JsonValueKind.Object, file, line, path);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    var at = lines.At(utf8, reader.TokenStartIndex);
                    var inner = path.Length == 0 ? name : $"{path}.{name}";
                    if (node.Find(name) is not null) throw new InputException($"{file}, line {at}: {inner} is there twice; keep one of them");
                    reader.Read();
                    node._members.Add((name, Read(ref reader, utf8, lines, file, inner)));
                }
                return node;
            case JsonTokenType.StartArray:
                var list = new JsonPart(JsonValueKind.Array, file, line, path);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list._items.Add(Read(ref reader, utf8, lines, file, $"{path}[{list._items.Count}]"));
                return list;
            case JsonTokenType.String:
                return new JsonPart(JsonValueKind.String, file, line, path, reader.GetString()!);
            case JsonTokenType.Number:
                return new JsonPart(JsonValueKind.Number, file, line, path, Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return new JsonPart(JsonValueKind.True, file, line, path);
            case JsonTokenType.False:
                return new JsonPart(JsonValueKind.False, file, line, path);
            default:
                return new JsonPart(JsonValueKind.Null, file, line, path);
        }
    }

    /// <summary>A fault of this value.</summary>
    public InputException Fault(string sentence) => new($"{File}, line {Line}{(Path.Length == 0 ? "" : ", " + Path)}: {sentence}");

    public JsonPart? Find(string name)
    {
        foreach (var (n, value) in _members)
            if (n == name)
                return value;
        return null;
    }

    /// <summary>A member that must be there.</summary>
    public JsonPart Need(string name) => Find(name) ?? throw Fault($"'{name}' is missing");

    /// <summary>Demands an object with no other keys than these.</summary>
    public JsonPart Only(params string[] keys)
    {
        if (Kind != JsonValueKind.Object) throw Fault($"an object with {string.Join(", ", keys)} is needed, not {Named(Kind)}");
        foreach (var (name, value) in _members)
            if (!keys.Contains(name, StringComparer.Ordinal))
            {
                var near = Spelling.Nearest(name, keys);
                throw value.Fault($"there is no key '{name}'; " + (near is null ? $"the keys here are {string.Join(", ", keys)}" : $"did you mean '{near}'?"));
            }
        return this;
    }

    public IReadOnlyList<JsonPart> List() => Kind == JsonValueKind.Array ? _items : throw Fault($"a list is needed, not {Named(Kind)}");

    /// <summary>The items of a list, or the value itself where it stands alone.</summary>
    public IReadOnlyList<JsonPart> OneOrMany() => Kind == JsonValueKind.Array ? _items : [this];

    public string String() => Kind == JsonValueKind.String ? _text : throw Fault($"a text in quotes is needed, not {Named(Kind)}");

    public bool Bool() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault($"true or false is needed, not {Named(Kind)}"),
    };

    public double Number(double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity)
    {
        if (Kind != JsonValueKind.Number || !double.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            throw Fault($"a number is needed, not {(Kind == JsonValueKind.Number ? _text : Named(Kind))}");
        if (value < minimum || value > maximum)
            throw Fault(string.Create(CultureInfo.InvariantCulture, $"{_text} is out of range: {Span(minimum, maximum)}"));
        return value;
    }

    public int Whole(int minimum = int.MinValue, int maximum = int.MaxValue)
    {
        var value = Number(minimum, maximum);
        return value == Math.Floor(value) ? (int)value : throw Fault($"a whole number is needed, not {_text}");
    }

    /// <summary>One of a set of words.</summary>
    public T Choice<T>(params (string Word, T Value)[] choices)
    {
        var word = String();
        foreach (var (w, value) in choices)
            if (w == word)
                return value;
        var words = string.Join(", ", choices.Select(c => c.Word));
        var near = Spelling.Nearest(word, choices.Select(c => c.Word));
        throw Fault($"'{word}' is not understood; " + (near is null ? $"use one of {words}" : $"did you mean '{near}'?"));
    }

    /// <summary>A day or an instant in ISO 8601; without a zone it is UTC.</summary>
    public long Time()
    {
        var text = String();
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
            ? time.Ticks
            : throw Fault($"'{text}' is no date; write it as 2024-01-31 or 2024-01-31T14:30:00Z");
    }

    /// <summary>Writes it as it was read, without comments.</summary>
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

    private static string Span(double minimum, double maximum) =>
        double.IsPositiveInfinity(maximum) ? string.Create(CultureInfo.InvariantCulture, $"at least {minimum}")
        : double.IsNegativeInfinity(minimum) ? string.Create(CultureInfo.InvariantCulture, $"at most {maximum}")
        : string.Create(CultureInfo.InvariantCulture, $"{minimum} … {maximum}");

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
