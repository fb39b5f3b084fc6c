using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Granary.Storage.Files;

/// <summary>
/// A JSON document that holds the SHA-256 of its content: <c>{"sha256":"…","content":…}</c>. Reading it finds every change of a byte.
/// </summary>
internal static class SealedJson
{
    private const int HashLength = 64;
    private static readonly byte[] s_begin = "{\"sha256\":\""u8.ToArray(), s_middle = "\",\"content\":"u8.ToArray(),
        s_end = "}\n"u8.ToArray();

    /// <summary>The document of a value.</summary>
    public static byte[] Write<T>(T value, JsonSerializerOptions options)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(value, options);
        return [.. s_begin, .. HashOf(content), .. s_middle, .. content, .. s_end];
    }

    /// <summary>The value of a document of <see cref="Write"/>.</summary>
    /// <exception cref="JsonException">The document was changed.</exception>
    public static T Read<T>(ReadOnlySpan<byte> document, JsonSerializerOptions options)
    {
        var from = s_begin.Length + HashLength + s_middle.Length;
        if (document.Length < from + s_end.Length || !document.StartsWith(s_begin) || !document.EndsWith(s_end)
            || !document[(s_begin.Length + HashLength)..].StartsWith(s_middle))
            throw new JsonException("it does not begin with the hash of its content");
        var content = document[from..^s_end.Length];
        if (!document.Slice(s_begin.Length, HashLength).SequenceEqual(HashOf(content)))
            throw new JsonException("its content does not have the hash that it was written with");
        return JsonSerializer.Deserialize<T>(content, options) ?? throw new JsonException("it is null");
    }

    private static byte[] HashOf(ReadOnlySpan<byte> content) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(content)));
}
