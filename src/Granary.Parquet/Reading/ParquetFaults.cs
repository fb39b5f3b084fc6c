using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Parquet.Reading;

/// <summary>Converts errors of the library and the disk to the sentence that the user sees.</summary>
internal static class ParquetFaults
{
    /// <param name="place">"row group 2, close"; null if the fault has no place.</param>
    public static Exception Of(string path, string? place, Exception e) => e switch
    {
        BarDataException or BarStoreException => e,
        FileNotFoundException or DirectoryNotFoundException =>
            BarDataException.At(path, null, null, "the file does not exist", "check the path and its spelling", e),
        UnauthorizedAccessException when Directory.Exists(path) =>
            BarDataException.At(path, null, null, "this is a folder, not a file", "name a file in it", e),
        UnauthorizedAccessException =>
            new BarStoreException($"{path}: this account may not read it; grant read permission or run as its owner", e),
        IOException => new BarStoreException($"{path}: the disk failed while it was read "
            + $"({e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}); check the disk and try again", e),
        _ when Mentions(e, "encrypt") || Mentions(e, "decrypt") => Encrypted(path, e),
        _ when Mentions(e, "codec") || Mentions(e, "compression") && Mentions(e, "support") => BarDataException.At(path, null, place,
            "it is compressed in a way that Granary does not read", "write it with snappy, gzip, zstd, lz4, brotli or none", e),
        InvalidDataException => BarDataException.At(path, null, place, $"the Parquet data is damaged: {e.Message}",
            "download or export it again", e),
        OverflowException => BarDataException.At(path, null, place, e.Message, "write the numbers in another type, or export them again",
            e),
        OutOfMemoryException => BarDataException.At(path, null, place, "its pages do not fit into memory",
            "write it again with smaller pages or row groups", e),
        _ => BarDataException.At(path, null, place, Mentions(e, "checksum") || Mentions(e, "CRC")
            ? "the Parquet data is damaged, since a page does not have its checksum" : "the Parquet data is damaged",
            "download or export it again", e),
    };

    public static BarDataException Encrypted(string path, Exception? inner = null) => BarDataException.At(path, null, null,
        "the file is encrypted", "write it without encryption", inner);

    /// <summary>Returns the place of a column in a row group, for messages.</summary>
    public static string Place(int group, string column) => string.Create(CultureInfo.InvariantCulture, $"row group {group}, {column}");

    private static bool Mentions(Exception e, string word) => e.Message.Contains(word, StringComparison.OrdinalIgnoreCase);
}
