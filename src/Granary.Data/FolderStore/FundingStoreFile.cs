using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Data.Files;
using Granary.Data.Funding;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.FolderStore;

/// <summary>
/// The funding of a symbol in a folder of bar files: SYMBOL/funding.rates. It has a mark, its version, its rows of 24 bytes (time in UTC
/// ticks, rate, mark price; little-endian) and their SHA-256.
/// </summary>
internal static class FundingStoreFile
{
    private const string Name = "funding.rates";
    private const int HeadLength = 12, HashLength = 32, RowLength = 24, Version = 1;

    private static ReadOnlySpan<byte> Mark => "GRFUNDS\n"u8;

    public static string PathOf(string directory, string symbol) => Path.Combine(directory, SymbolFileName.Of(symbol), Name);

    /// <returns>The rows, oldest first; empty if there is no file.</returns>
    /// <exception cref="BarDataException">The file is damaged.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static FundingRow[] Read(string path, PermittedFiles? files)
    {
        if (!File.Exists(path)) return [];
        byte[] bytes;
        try
        {
            using var stream = (files ?? PermittedFiles.All).OpenRead(path);
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Reading(path, e);
        }
        var length = bytes.Length - HeadLength - HashLength;
        if (length < 0 || !bytes.AsSpan().StartsWith(Mark))
            throw BarDataException.At(path, null, null, "this is no file of funding rates", "remove it and import the funding again");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(Mark.Length)) is not Version and var version)
            throw BarDataException.At(path, null, null, $"its version is {version}, and this Granary reads {Version}",
                "update Granary, or import the funding again");
        var rows = bytes.AsSpan(HeadLength, length);
        if (length % RowLength != 0 || !SHA256.HashData(rows).AsSpan().SequenceEqual(bytes.AsSpan(HeadLength + length)))
            throw BarDataException.At(path, null, null, "the file is damaged", "remove it and import the funding again");
        return MemoryMarshal.Cast<byte, FundingRow>(rows).ToArray();
    }

    /// <exception cref="BarStoreException">The disk failed; the file is unchanged.</exception>
    public static void Write(string path, FundingRow[] rows, PermittedFiles? files)
    {
        var content = MemoryMarshal.AsBytes<FundingRow>(rows);
        var head = new byte[HeadLength];
        Mark.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(Mark.Length), Version);
        try
        {
            using var file = new AtomicFile(path, files: files);
            file.Stream.Write(head);
            file.Stream.Write(content);
            file.Stream.Write(SHA256.HashData(content));
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(path, e);
        }
    }
}
