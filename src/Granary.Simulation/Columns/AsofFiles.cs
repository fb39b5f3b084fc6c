using System.Security.Cryptography;

namespace Granary.Simulation.Columns;

/// <summary>Hashes of the files of slower series, by which a run is compared with its repetition.</summary>
internal static class AsofFiles
{
    /// <summary>SHA-256 of each file, lower-case hex, by its address as written; empty for a file that cannot be read.</summary>
    public static IReadOnlyDictionary<string, string> HashesOf(IEnumerable<AsofKeys> asof)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in asof.Select(a => a.File)) hashes[file.Written] = HashOf(path => file.Files.OpenRead(path), file.Path!);
        return hashes;
    }

    private static string HashOf(Func<string, Stream> open, string path)
    {
        try
        {
            using var stream = open(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A repetition that needs the file reports that it is not there.
            return "";
        }
    }
}
