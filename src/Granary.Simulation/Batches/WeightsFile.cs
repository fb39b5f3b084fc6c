using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Engine;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Batches;

/// <summary>
/// Replaces <c>"weights": "csv:FILE"</c> in a batch's text with the weights of that file, so that manifests and servers contain them.
/// </summary>
internal static class WeightsFile
{
    public const string Prefix = "csv:";

    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="text">UTF-8 text. Line numbers stay unchanged.</param>
    /// <param name="folder">Base folder of a relative path.</param>
    /// <exception cref="InputException">The file is missing, cannot be read, or is not a table of weights.</exception>
    public static byte[] Inline(byte[] text, string folder)
    {
        var (start, length, file) = Find(text);
        if (file is null) return text;
        var path = Path.Combine(folder, file);
        IReadOnlyList<(string Strategy, double Weight)> weights;
        try
        {
            using var reader = new StreamReader(path);
            weights = WeightsCsv.Read(path, reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"portfolio.weights: {path} cannot be read ({e.Message.TrimEnd('.')}); give a CSV with the columns "
                + "strategy and weight, its path relative to the batch file", e);
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(weights.ToDictionary(w => w.Strategy, w => w.Weight, StringComparer.Ordinal),
            AsWritten);
        return [.. text[..start], .. json, .. text[(start + length)..]];
    }

    // Finds the value of portfolio.weights if it names a file. Invalid JSON is left to the batch reader, which reports it.
    private static (int Start, int Length, string? File) Find(byte[] text)
    {
        var offset = text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var reader = new Utf8JsonReader(text.AsSpan(offset),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 });
        try
        {
            if (!reader.Read() || !Enter(ref reader, "portfolio") || !Enter(ref reader, "weights")
                || reader.TokenType != JsonTokenType.String || reader.GetString() is not { } value
                || !value.StartsWith(Prefix, StringComparison.Ordinal)) return default;
            var start = (int)reader.TokenStartIndex;
            return (offset + start, (int)reader.BytesConsumed - start, value[Prefix.Length..]);
        }
        catch (JsonException)
        {
            return default;
        }
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
