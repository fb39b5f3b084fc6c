namespace Granary.Storage.Files;

/// <summary>Resolves the symbolic links of a path.</summary>
internal static class RealPath
{
    // Linux follows at most this number of links.
    private const int MostLinks = 40;

    /// <summary>The full path with every link in it resolved. Parts that do not exist are kept as written.</summary>
    /// <exception cref="IOException">Links form a circle.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        for (var followed = 0; followed <= MostLinks; followed++)
        {
            if (Resolved(full) is not { } target) return Path.TrimEndingDirectorySeparator(full);
            full = target;
        }
        throw new IOException($"{path} has links that lead in a circle");
    }

    /// <summary>Whether a path is a folder or lies within it, after links in both are resolved.</summary>
    public static bool IsWithin(string path, string folder) => IsWithinReal(Of(path), folder);

    /// <summary>Whether a real path is a folder or lies within it, after links in the folder's path are resolved.</summary>
    internal static bool IsWithinReal(string real, string folder)
    {
        var root = Of(folder);
        return real == root || real.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);
    }

    // The path with its first link replaced by the link's target; null if none of its parts is a link.
    private static string? Resolved(string full)
    {
        var root = Path.GetPathRoot(full)!;
        var at = root;
        var parts = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            at = Path.Combine(at, parts[i]);
            if (new FileInfo(at).LinkTarget is not { } target) continue;
            return Path.GetFullPath(Path.Combine([Path.GetDirectoryName(at)!, target, .. parts[(i + 1)..]]));
        }
        return null;
    }
}
