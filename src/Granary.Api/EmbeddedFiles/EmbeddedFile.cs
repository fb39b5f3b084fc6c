using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.EmbeddedFiles;

/// <summary>
/// A file of a web page that the build embeds: of the dashboard, or of the documentation site, whose files are compressed before the build.
/// </summary>
internal sealed class EmbeddedFile
{
    private const string Ending = ".gz";

    private static readonly Assembly s_assembly = typeof(EmbeddedFile).Assembly;

    private readonly string _resource;
    private readonly bool _isStoredCompressed;
    private readonly Lazy<byte[]> _compressed;

    private EmbeddedFile(string path, string resource)
    {
        _isStoredCompressed = path.EndsWith(Ending, StringComparison.Ordinal);
        (Path, _resource) = (_isStoredCompressed ? path[..^Ending.Length] : path, resource);
        _compressed = new Lazy<byte[]>(Compress);
    }

    /// <summary>Of the files of one build: a browser that has one of them need not load it again.</summary>
    public static string Version { get; } = $"\"{s_assembly.ManifestModule.ModuleVersionId:N}\"";

    /// <summary>As in the address, below the site's: <c>assets/index-D7DL7Mj.js</c>.</summary>
    public string Path { get; }

    private string ContentType => System.IO.Path.GetExtension(Path) switch
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

    // Formats that are compressed in themselves.
    private bool IsPacked => System.IO.Path.GetExtension(Path) is ".png" or ".woff2";

    /// <summary>Reads the names of the files below a prefix; the files themselves are read when they are sent.</summary>
    /// <returns>The files by path; empty if they were not built.</returns>
    public static FrozenDictionary<string, EmbeddedFile> Below(string prefix) => s_assembly.GetManifestResourceNames()
        .Select(name => (Resource: name, Path: name.Replace('\\', '/'))).Where(n => n.Path.StartsWith(prefix, StringComparison.Ordinal))
        .Select(n => new EmbeddedFile(n.Path[prefix.Length..], n.Resource)).ToFrozenDictionary(f => f.Path, StringComparer.Ordinal);

    /// <summary>Reads the file as a text.</summary>
    public string ReadText()
    {
        using var reader = new StreamReader(OpenPlain());
        return reader.ReadToEnd();
    }

    /// <summary>Sends the file, compressed where the browser takes it.</summary>
    /// <param name="policy">The content security policy; also scripts have one, since a worker follows its own file's.</param>
    public IResult Send(HttpContext context, string policy, string caching)
    {
        var headers = Describe(context, policy, caching);
        if (IsPacked || !context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
            return TypedResults.Stream(OpenPlain(), ContentType);
        headers.ContentEncoding = "gzip";
        return TypedResults.Stream(_isStoredCompressed ? Open() : new MemoryStream(_compressed.Value, writable: false), ContentType);
    }

    /// <summary>Says that the browser has the file. It takes the headers of this answer in the place of those that it had.</summary>
    public static IResult SendUnchanged(HttpContext context, string policy, string caching)
    {
        Describe(context, policy, caching);
        return TypedResults.StatusCode(StatusCodes.Status304NotModified);
    }

    private static IHeaderDictionary Describe(HttpContext context, string policy, string caching)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.ContentSecurityPolicy = policy;
        headers.Vary = "Accept-Encoding";
        return headers;
    }

    private Stream Open() => s_assembly.GetManifestResourceStream(_resource)!;

    private Stream OpenPlain() => _isStoredCompressed ? new GZipStream(Open(), CompressionMode.Decompress) : Open();

    private byte[] Compress()
    {
        using var compressed = new MemoryStream();
        using (var plain = Open())
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal)) plain.CopyTo(gzip);
        return compressed.ToArray();
    }
}
