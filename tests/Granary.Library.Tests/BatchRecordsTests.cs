using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Library.Tests;

/// <summary>The records of a batch in C# have the keys of a batch file.</summary>
public sealed class BatchRecordsTests
{
    private static readonly string s_folder = Path.Combine(SharedData.RepositoryRoot, "src", "Granary");

    [Fact]
    public void The_records_are_those_of_the_schema()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json")))!.AsObject();
        foreach (var (name, text) in new RecordSources(schema).Files())
        {
            var path = Path.Combine(s_folder, name);
            if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(path, text);
            else (File.Exists(path) && File.ReadAllText(path) == text).ShouldBeTrue($"src/Granary/{name} is out of date: run this with "
                + "GRANARY_WRITE_DOCS=1");
        }
    }
}
