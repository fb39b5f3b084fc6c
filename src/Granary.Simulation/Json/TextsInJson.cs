using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Simulation.Json;

/// <summary>Replaces texts of a JSON document that name files with what the files have. All else and the line numbers stay.</summary>
internal static class TextsInJson
{
    private static readonly JsonSerializerOptions s_asWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Replaces the text at a path, or the texts of the list there.</summary>
    /// <param name="text">UTF-8. Invalid JSON stays as it is: its reader reports it.</param>
    /// <param name="path">Names of members from the root.</param>
    /// <param name="instead">Returns the object in the place of a text; null to keep the text.</param>
    public static byte[] Replace(byte[] text, IReadOnlyList<string> path, Func<string, JsonNode?> instead)
    {
        var whole = new MemoryStream();
        var written = 0;
        foreach (var (start, end, found) in Find(text, path))
            if (instead(found) is { } value)
            {
                whole.Write(text.AsSpan(written, start - written));
                whole.Write(Encoding.UTF8.GetBytes(value.ToJsonString(s_asWritten)));
                written = end;
            }
        if (written == 0) return text;
        whole.Write(text.AsSpan(written));
        return whole.ToArray();
    }

    private static List<(int Start, int End, string Text)> Find(byte[] text, IReadOnlyList<string> path)
    {
        var found = new List<(int, int, string)>();
        var offset = text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var reader = new Utf8JsonReader(text.AsSpan(offset),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 });
        try
        {
            if (!reader.Read()) return found;
            foreach (var key in path)
                if (!Enter(ref reader, key)) return found;
            if (reader.TokenType == JsonTokenType.String) Keep(ref reader);
            else if (reader.TokenType == JsonTokenType.StartArray)
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    if (reader.TokenType == JsonTokenType.String) Keep(ref reader);
                    else reader.Skip();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            found.Clear();
        }
        return found;

        void Keep(ref Utf8JsonReader at) =>
            found.Add((offset + (int)at.TokenStartIndex, offset + (int)at.BytesConsumed, at.GetString()!));
    }

    // Moves from the start of an object to the value of one of its keys.
    private static bool Enter(ref Utf8JsonReader reader, string key)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = reader.ValueTextEquals(key);
            reader.Read();
            if (isKey) return true;
            reader.Skip();
        }
        return false;
    }
}
