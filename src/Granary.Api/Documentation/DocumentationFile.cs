using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;

namespace Granary.Api.Documentation;

/// <summary>A file of the documentation site, which <c>infra/site.sh</c> makes and the build embeds, compressed with gzip.</summary>
/// <param name="Path">As in the address, below <c>/docs/</c>: <c>assets/app.js</c>.</param>
/// <param name="IsCompressed">Whether the embedded bytes are compressed.</param>
internal sealed record DocumentationFile(string Path, string Resource, bool IsCompressed)
{
    private const string Prefix = "docs/";
    private const string Compressed = ".gz";
    private const string ScriptHashes = "scripts.txt";

    private static readonly Assembly s_assembly = typeof(DocumentationFile).Assembly;
    private static readonly Lazy<FrozenDictionary<string, DocumentationFile>> s_all = new(ReadAll);

    /// <summary>Of the files of one build: a browser that has one of them need not load it again.</summary>
    public static string Version { get; } = $"\"{s_assembly.ManifestModule.ModuleVersionId:N}\"";

    public string ContentType => System.IO.Path.GetExtension(Path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".md" => "text/markdown; charset=utf-8",
        ".txt" => "text/plain; charset=utf-8",
        ".json" => "application/json",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };

    /// <summary>The file at a path; null where the site has none, or was not built.</summary>
    public static DocumentationFile? Find(string path) => s_all.Value.GetValueOrDefault(path);

    /// <summary>The hashes of the scripts within the pages, as a policy names them.</summary>
    public static string Scripts()
    {
        using var reader = new StreamReader(s_assembly.GetManifestResourceStream(Prefix + ScriptHashes)!);
        return reader.ReadToEnd();
    }

    /// <summary>The bytes, compressed as they are embedded, or plain.</summary>
    public Stream Open(bool plain)
    {
        var stream = s_assembly.GetManifestResourceStream(Resource)!;
        return plain && IsCompressed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static FrozenDictionary<string, DocumentationFile> ReadAll() => s_assembly.GetManifestResourceNames()
        .Select(n => (Resource: n, Path: n.Replace('\\', '/')))
        .Where(n => n.Path.StartsWith(Prefix, StringComparison.Ordinal) && n.Path != Prefix + ScriptHashes)
        .Select(n => n.Path.EndsWith(Compressed, StringComparison.Ordinal)
            ? new DocumentationFile(n.Path[Prefix.Length..^Compressed.Length], n.Resource, IsCompressed: true)
            : new DocumentationFile(n.Path[Prefix.Length..], n.Resource, IsCompressed: false))
        .ToFrozenDictionary(f => f.Path, StringComparer.Ordinal);
}
