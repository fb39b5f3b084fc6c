using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Engine;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.Batches;

/// <summary>
/// Replaces the paths in a batch's list <c>code</c> with the C# files that they name, so that manifests and servers contain them.
/// </summary>
public static class CodeFiles
{
    private static readonly JsonSerializerOptions s_asWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a C# file.</summary>
    /// <exception cref="InputException">The file is missing, cannot be read, or is not UTF-8 text.</exception>
    public static CodeSource Read(string path)
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > 2 * CodeSource.MostBytes)
                throw new InputException($"{path} is too large: a C# file of a batch has {CodeSource.MostBytes} bytes at the most");
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; give the path of a C# file with a strategy", e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new InputException($"{path} is a folder; give the path of a C# file with a strategy", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message.TrimEnd('.')}; make it readable, or give another file", e);
        }
        try
        {
            return new CodeSource(Path.GetFileName(path), new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException($"{path} is not UTF-8 text; save it with that encoding", e);
        }
    }

    /// <param name="text">UTF-8 text. Line numbers stay unchanged.</param>
    /// <param name="folder">Base folder of relative paths.</param>
    /// <exception cref="InputException">A file is missing, cannot be read, or is not UTF-8 text.</exception>
    internal static byte[] Inline(byte[] text, string folder)
    {
        var whole = new MemoryStream();
        var written = 0;
        foreach (var (start, end, file) in Find(text))
        {
            CodeSource source;
            try
            {
                source = Read(Path.Combine(folder, file));
            }
            catch (InputException e)
            {
                throw new InputException($"{CodeSection.Key}: {e.Message}", e);
            }
            whole.Write(text.AsSpan(written, start - written));
            whole.Write(JsonSerializer.SerializeToUtf8Bytes(new { name = source.Name, source = source.Text }, s_asWritten));
            written = end;
        }
        if (written == 0) return text;
        whole.Write(text.AsSpan(written));
        return whole.ToArray();
    }

    // Finds the texts in the list. Invalid JSON is left to the batch reader, which reports it.
    private static List<(int Start, int End, string File)> Find(byte[] text)
    {
        var found = new List<(int, int, string)>();
        var offset = text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var reader = new Utf8JsonReader(text.AsSpan(offset),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return found;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isCode = reader.ValueTextEquals(CodeSection.Key);
                reader.Read();
                if (!isCode || reader.TokenType != JsonTokenType.StartArray)
                {
                    reader.Skip();
                    continue;
                }
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    if (reader.TokenType == JsonTokenType.String)
                        found.Add((offset + (int)reader.TokenStartIndex, offset + (int)reader.BytesConsumed, reader.GetString()!));
                    else reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            found.Clear();
        }
        return found;
    }
}
