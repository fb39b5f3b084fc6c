using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(Granary.Deployment.Tests.Bicep.BicepFiles))]

namespace Granary.Deployment.Tests.Bicep;

/// <summary>Parses each file once, since each parse is a process.</summary>
public sealed class BicepFiles
{
    // By path and text: a test may write another text to the same path.
    private readonly ConcurrentDictionary<(string Path, string Text), Lazy<Task<BicepFile>>> _files = new();

    internal async Task<BicepFile> ParseAsync(string path)
    {
        var text = await File.ReadAllTextAsync(path);
        return await _files.GetOrAdd((path, text), key => new Lazy<Task<BicepFile>>(() => BicepFile.ParseAsync(key.Path))).Value;
    }
}
