using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;

namespace Granary.Api.Dashboard;

/// <summary>A file of the dashboard, plain and compressed with gzip. The build embeds the output of src/Granary.Web.</summary>
/// <param name="Path">As in the address: <c>assets/index-D7DL7Mj.js</c>.</param>
internal sealed record DashboardFile(string Path, string ContentType, byte[] Content, byte[] Compressed)
{
    private const string Prefix = "web/";

    private static readonly Lazy<FrozenDictionary<string, DashboardFile>> s_all = new(ReadAll);

    /// <summary>The page that loads all other files; null if the dashboard was not built.</summary>
    public static DashboardFile? Index => Find("index.html");

    public static DashboardFile? Find(string path) => s_all.Value.GetValueOrDefault(path);

    private static FrozenDictionary<string, DashboardFile> ReadAll()
    {
        var assembly = typeof(DashboardFile).Assembly;
        return assembly.GetManifestResourceNames().Select(n => (Name: n, Path: n.Replace('\\', '/')))
            .Where(n => n.Path.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => Read(assembly, n.Name, n.Path[Prefix.Length..])).ToFrozenDictionary(f => f.Path, StringComparer.Ordinal);
    }

    private static DashboardFile Read(Assembly assembly, string resource, string path)
    {
        using var content = new MemoryStream();
        using var stream = assembly.GetManifestResourceStream(resource)!;
        stream.CopyTo(content);
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal)) gzip.Write(content.GetBuffer(), 0, (int)content.Length);
        return new DashboardFile(path, TypeOf(path), content.ToArray(), compressed.ToArray());
    }

    private static string TypeOf(string path) => System.IO.Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".json" => "application/json",
        _ => "application/octet-stream",
    };
}
