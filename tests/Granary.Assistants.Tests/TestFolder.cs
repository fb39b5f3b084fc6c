using System.Diagnostics;
using Granary.Testing;

namespace Granary.Assistants.Tests;

/// <summary>A folder with the sample bars, for a server of a test; gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        var bars = Directory.CreateDirectory(At("data/bars")).FullName;
        foreach (var file in new[] { "ACME.csv", "COINUSDT.csv" })
            File.Copy(Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h", file), Path.Combine(bars, file));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("granary-mcp-").FullName;

    /// <summary>What a call of the command line has as its environment: trials of tests do not count against their user.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?> { ["GRANARY_TRIALS"] = At("trials") };

    public string At(string name) => Path.Combine(Root, name);

    /// <summary>The words that start the command line.</summary>
    public static IList<string> Words(params IEnumerable<string> arguments) => [Programs.Granary, .. arguments];

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", Words(arguments))
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        TestCosts.Count(Started.Process);
        return Process.Start(start)!;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
