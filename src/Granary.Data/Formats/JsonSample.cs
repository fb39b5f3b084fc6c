using System.Text;
using System.Text.Json;

namespace Granary.Data.Formats;

/// <summary>The first bars in the start of a JSON text, wherever they lie.</summary>
internal sealed class JsonSample
{
    private const int MostRecords = 2000;

    /// <summary>The form of the bars.</summary>
    public enum Form
    {
        /// <summary>No bars were found.</summary>
        None,

        /// <summary>A list of objects.</summary>
        Objects,

        /// <summary>A list of lists.</summary>
        Lists,

        /// <summary>A list for each price.</summary>
        Columns,
    }

    public Form Kind { get; private set; }

    /// <summary>The property that holds the bars; empty for the text itself.</summary>
    public string Holder { get; private set; } = "";

    /// <summary>The depth of the holder's list.</summary>
    public int Depth { get; private set; }

    /// <summary>The first records as objects: member names and values.</summary>
    public List<Dictionary<string, string>> Objects { get; } = [];

    /// <summary>The first records as lists.</summary>
    public List<List<string>> Lists { get; } = [];

    /// <summary>Names of lists of values in an object.</summary>
    public List<string> Columns { get; } = [];

    private JsonSample()
    {
    }

    public static JsonSample Of(FileSample sample)
    {
        var found = new JsonSample();
        var text = sample.Head.AsSpan();
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        try
        {
            var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
            found.Read(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The parser reports what is wrong with the text.
        }
        return found;
    }

    private void Read(ref Utf8JsonReader reader)
    {
        var name = "";
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName) name = reader.GetString()!;
            if (reader.TokenType != JsonTokenType.StartArray) continue;
            var (holder, depth) = (name, reader.CurrentDepth);
            if (!reader.Read()) return;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject when ReadObjects(ref reader):
                    (Kind, Holder, Depth) = (Form.Objects, holder, depth);
                    return;
                case JsonTokenType.StartArray when ReadLists(ref reader):
                    (Kind, Holder, Depth) = (Form.Lists, holder, depth);
                    return;
                case JsonTokenType.PropertyName:
                    name = reader.GetString()!;
                    break;
                case JsonTokenType.Number or JsonTokenType.String or JsonTokenType.Null:
                    if (HeaderColumns.RoleOf(FileSample.Plain(holder), out _) != Reading.ColumnRole.Skip) Columns.Add(holder);
                    if (Columns.Count > 0) Kind = Form.Columns;
                    break;
            }
        }
    }

    // Reads the objects of a list; false if the first is no bar, and the reader is then inside of it.
    private bool ReadObjects(ref Utf8JsonReader reader)
    {
        var before = reader;
        while (reader.TokenType == JsonTokenType.StartObject && Objects.Count < MostRecords)
        {
            var record = new Dictionary<string, string>(StringComparer.Ordinal);
            var depth = reader.CurrentDepth;
            var member = "";
            while (true)
            {
                if (!reader.Read()) return IsBars();
                if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth) break;
                if (reader.CurrentDepth != depth + 1) continue;
                if (reader.TokenType == JsonTokenType.PropertyName) member = reader.GetString()!;
                else if (TextOf(ref reader) is { } value) record[member] = value;
            }
            Objects.Add(record);
            if (!IsBars())
            {
                Objects.Clear();
                reader = before;
                return false;
            }
            if (!reader.Read()) break;
        }
        return IsBars();
    }

    private bool IsBars() => Objects.Count > 0 && Objects[0].Keys.Select(k => HeaderColumns.RoleOf(FileSample.Plain(k), out _)).ToHashSet()
        is var roles && roles.Contains(Reading.ColumnRole.Time) && roles.Contains(Reading.ColumnRole.Close);

    private bool ReadLists(ref Utf8JsonReader reader)
    {
        while (reader.TokenType == JsonTokenType.StartArray && Lists.Count < MostRecords)
        {
            var values = new List<string>();
            while (true)
            {
                if (!reader.Read()) return Lists.Count > 0;
                if (reader.TokenType == JsonTokenType.EndArray) break;
                if (TextOf(ref reader) is not { } value) return Lists.Count > 0;
                values.Add(value);
            }
            if (values.Count < 5) return Lists.Count > 0;
            Lists.Add(values);
            if (!reader.Read()) break;
        }
        return Lists.Count > 0;
    }

    private static string? TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!.Trim(),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.Null => "",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };
}
