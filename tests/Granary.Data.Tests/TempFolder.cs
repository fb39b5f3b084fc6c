using System.IO.Compression;
using System.Text;

namespace Granary.Data.Tests;

/// <summary>A folder that goes away with the test.</summary>
public sealed class TempFolder : IDisposable
{
    /// <param name="inMemory">Where the system has a file system in memory, for tests that write thousands of small files.</param>
    public TempFolder(bool inMemory = false)
    {
        Path = inMemory ? Testing.MemoryFolder.Create("granary-data-") : Directory.CreateTempSubdirectory("granary-data-").FullName;
    }

    public string Path { get; }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string WriteGzip(string name, string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return Write(name, packed.ToArray());
    }

    public string WriteZip(string name, params (string Entry, string Text)[] entries)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (entry, text) in entries)
            {
                using var stream = zip.CreateEntry(entry).Open();
                stream.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        return Write(name, packed.ToArray());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
