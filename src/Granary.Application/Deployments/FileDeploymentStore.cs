using System.Globalization;
using Granary.Storage.Files;

namespace Granary.Application.Deployments;

/// <summary>
/// Deployments in a folder: <c>versions/0001.json</c> and <c>events/00000001.json</c>. A reader of a file sees all of it
/// or nothing, and one of two writers of a number loses.
/// </summary>
public sealed class FileDeploymentStore(string folder) : IDeploymentStore
{
    private readonly string _versions = Path.Combine(folder, "versions"), _events = Path.Combine(folder, "events");

    public string Name => folder;

    public IReadOnlyList<int> Numbers() => [.. NumbersIn(_versions).Select(n => (int)n)];

    public byte[]? Read(int number)
    {
        var path = VersionAt(number);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    public bool TryAdd(int number, byte[] document) => TryWrite(VersionAt(number), document);

    public IReadOnlyList<(long Sequence, byte[] Document)> Events(long after) =>
        [.. NumbersIn(_events).Where(n => n > after).Select(n => (n, File.ReadAllBytes(EventAt(n))))];

    public bool TryAppend(long sequence, byte[] document) => TryWrite(EventAt(sequence), document);

    private string VersionAt(int number) => Path.Combine(_versions, string.Create(CultureInfo.InvariantCulture, $"{number:0000}.json"));

    private string EventAt(long sequence) =>
        Path.Combine(_events, string.Create(CultureInfo.InvariantCulture, $"{sequence:00000000}.json"));

    private static IEnumerable<long> NumbersIn(string path) => !Directory.Exists(path) ? []
        : Directory.GetFiles(path, "*.json").Select(f => long.TryParse(Path.GetFileNameWithoutExtension(f), NumberStyles.None,
            CultureInfo.InvariantCulture, out var n) ? n : 0).Where(n => n > 0).Order();

    private static bool TryWrite(string path, byte[] document)
    {
        if (File.Exists(path)) return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return AtomicFile.TryCreate(path, document);
    }
}
